// How answers are compared: labels, text and booleans exactly, numbers within a tolerance.

/** Turns back what encode.py wrote. */
export function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'string' || !value.startsWith('~')) return value;
  if (value === '~nan') return Number.NaN;
  if (value === '~inf') return Number.POSITIVE_INFINITY;
  if (value === '~-inf') return Number.NEGATIVE_INFINITY;
  return value.startsWith('~i:') ? BigInt(value.slice(3)) : value.slice(1);
}

/** What a model gave (labels, tensors, an array of tensors) as nested arrays. */
export function plain(value) {
  if (ArrayBuffer.isView(value) || Array.isArray(value)) return Array.from(value, plain);
  if (value !== null && typeof value === 'object' && 'data' in value && 'shape' in value)
    return nest(Array.from(value.data, plain), value.shape);
  return value;
}

function nest(flat, shape) {
  if (shape.length < 2) return shape.length === 0 ? flat[0] : flat;
  const step = shape.slice(1).reduce((product, size) => product * size, 1);
  return Array.from({ length: shape[0] }, (_, i) => nest(flat.slice(i * step, (i + 1) * step), shape.slice(1)));
}

/** The first difference as text, or `undefined`. Numbers: `|got - want| <= rtol * max(1, |want|)`. */
export function difference(got, want, rtol, path = '') {
  if (Array.isArray(want)) {
    if (!Array.isArray(got)) return `${path}: got ${short(got)}, want ${short(want)}`;
    if (got.length !== want.length) return `${path}: length ${got.length}, want ${want.length}`;
    for (let i = 0; i < want.length; i++) {
      const found = difference(got[i], want[i], rtol, `${path}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  // None and NaN are one missing value in an answer of JavaScript's.
  const missing = (value) => value === null || Number.isNaN(value);
  if (missing(want) && missing(got)) return undefined;
  if (Object.is(got, want) || got === want) return undefined;
  // A matrix of numbers has no booleans: what is a mask in Python is 0 and 1 here.
  const number = typeof want === 'boolean' && typeof got === 'number' && path.startsWith('transform') ? Number(want) : want;
  if (got === number) return undefined;
  if (typeof got === 'number' && typeof number === 'number' && Math.abs(got - number) <= rtol * Math.max(1, Math.abs(number)))
    return undefined;
  return `${path}: got ${short(got)}, want ${short(want)}`;
}

function short(value) {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return String(value);
  return (JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}n` : item)) ?? String(value)).slice(0, 80);
}
