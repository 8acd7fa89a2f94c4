// Tensors as generate.py describes them, and how those of the library are compared with them.
const ARRAYS = {
  float64: Float64Array, float32: Float32Array, int32: Int32Array, int16: Int16Array, int8: Int8Array, uint8: Uint8Array, int64: BigInt64Array,
};
const SPECIAL = new Map([['nan', Number.NaN], ['inf', Infinity], ['-inf', -Infinity]]);

const number = (value) => (typeof value === 'string' ? SPECIAL.get(value) : Number(value));

/** Inputs by name. */
export function feedsOf(inputs) {
  return Object.fromEntries(inputs.map(({ name, dtype, shape, data }) => [name, { dtype, shape, data: valuesOf(dtype, data) }]));
}

function valuesOf(dtype, data) {
  if (dtype === 'bool') return data.map(Boolean);
  return ARRAYS[dtype].from(data, (value) => (dtype === 'int64' ? BigInt(value) : number(value)));
}

/** What is wrong with the outputs, or `undefined`. Numbers: |a - b| <= rtol * max(1, |b|); all else exactly. */
export function difference(got, expected, rtol) {
  const names = Object.keys(got).join(', ');
  const wanted = expected.map(({ name }) => name).join(', ');
  if (names !== wanted) return `outputs ${names}, want ${wanted}`;
  for (const { name, dtype, shape, data } of expected) {
    const tensor = got[name];
    if (tensor.dtype !== dtype) return `${name}: ${tensor.dtype}, want ${dtype}`;
    if (JSON.stringify(tensor.shape) !== JSON.stringify(shape)) return `${name}: shape [${tensor.shape}], want [${shape}]`;
    for (const [i, want] of data.entries()) {
      const a = Number(tensor.data[i]);
      const b = number(want);
      const same = Object.is(a, b) || a === b || Math.abs(a - b) <= rtol * Math.max(1, Math.abs(b));
      if (!same) return `${name}[${i}]: ${a}, want ${b}`;
    }
  }
  return undefined;
}
