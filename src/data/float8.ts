// The 8-bit floats of OCP (E4M3, E5M2, E8M0) and of Graphcore and AMD (the `uz` forms: no negative zero).
import type { StoredDType } from '../spec/stored-tensor.ts';

interface Layout {
  readonly mantissaBits: number;
  readonly bias: number;
  /** What an all-ones exponent means: infinities and NaN, NaN with an all-ones mantissa only, or a number. */
  readonly top: 'ieee' | 'nan' | 'number';
}

const LAYOUTS: ReadonlyMap<StoredDType, Layout> = new Map<StoredDType, Layout>([
  ['float8_e4m3fn', { mantissaBits: 3, bias: 7, top: 'nan' }],
  ['float8_e5m2', { mantissaBits: 2, bias: 15, top: 'ieee' }],
  ['float8_e4m3fnuz', { mantissaBits: 3, bias: 8, top: 'number' }],
  ['float8_e5m2fnuz', { mantissaBits: 2, bias: 16, top: 'number' }],
]);

/** The number of each of the 256 codes; `undefined` for a type that is no 8-bit float. */
export function float8Table(dtype: StoredDType): Float32Array | undefined {
  if (dtype === 'float8_e8m0fnu') {
    return Float32Array.from({ length: 256 }, (_, code) => (code === 255 ? Number.NaN : 2 ** (code - 127)));
  }
  const layout = LAYOUTS.get(dtype);
  return layout && Float32Array.from({ length: 256 }, (_, code) => decode(code, layout));
}

function decode(code: number, { mantissaBits, bias, top }: Layout): number {
  if (top === 'number' && code === 0x80) return Number.NaN;
  const sign = code & 0x80 ? -1 : 1;
  const scale = 1 << mantissaBits;
  const mantissa = code & (scale - 1);
  const exponent = (code & 0x7f) >> mantissaBits;
  const highest = 0x7f >> mantissaBits === exponent;
  if (highest && top === 'ieee') return mantissa === 0 ? sign * Infinity : Number.NaN;
  if (highest && top === 'nan' && mantissa === scale - 1) return Number.NaN;
  if (exponent === 0) return sign * (mantissa / scale) * 2 ** (1 - bias);
  return sign * (1 + mantissa / scale) * 2 ** (exponent - bias);
}
