import { halfToNumber } from '../../data/half.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';
import { isRecord, own, shown } from '../model/layer-config.ts';

/** A weight of a TensorFlow.js manifest, and its bytes. */
export interface ManifestEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool' | 'string';
  readonly quantization: Quantization | undefined;
  readonly bytes: Uint8Array;
}

interface Quantization {
  readonly dtype: 'uint8' | 'uint16' | 'float16';
  readonly scale: number;
  readonly min: number;
}

const SIZES: ReadonlyMap<string, number> = new Map([
  ['float32', 4],
  ['int32', 4],
  ['bool', 1],
  ['uint8', 1],
  ['uint16', 2],
  ['float16', 2],
]);

/**
 * The weights that a manifest lists, with the bytes that its shards hold: the shards of a group are
 * one run of bytes, and the weights of the group follow each other in it.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSUPPORTED`; the errors of `readShard`
 */
export async function manifestEntries(
  manifest: unknown,
  readShard: (path: string) => Promise<Uint8Array>,
): Promise<readonly ManifestEntry[]> {
  if (manifest === undefined || manifest === null) return [];
  if (!Array.isArray(manifest)) throw malformed(`weightsManifest is ${shown(manifest)}`);
  const entries: ManifestEntry[] = [];
  for (const group of manifest) {
    const paths = isRecord(group) ? own(group, 'paths') : undefined;
    const weights = isRecord(group) ? own(group, 'weights') : undefined;
    if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string') || !Array.isArray(weights)) {
      throw malformed(`a group of weightsManifest is ${shown(group)}`);
    }
    const shards: Uint8Array[] = [];
    for (const path of paths) shards.push(await readShard(path));
    const [first] = shards;
    const bytes = shards.length === 1 && first !== undefined ? first : new Uint8Array(Buffer.concat(shards));
    let at = 0;
    for (const weight of weights) {
      const { size, ...entry } = described(weight);
      if (size > bytes.length - at) {
        throw new FormatError(
          'ML_FORMAT_TRUNCATED',
          `TensorFlow.js model: weight "${entry.name}" needs ${size} bytes, its shards (${paths.join(', ')}) have ${bytes.length - at} left; copy them again`,
        );
      }
      entries.push({ ...entry, bytes: bytes.subarray(at, at + size) });
      at += size;
    }
    if (at !== bytes.length) {
      throw malformed(`the shards ${paths.join(', ')} have ${bytes.length} bytes, the manifest describes ${at}`);
    }
  }
  return entries;
}

function described(weight: unknown): Omit<ManifestEntry, 'bytes'> & { readonly size: number } {
  if (!isRecord(weight)) throw malformed(`a weight is ${shown(weight)}`);
  const [name, shape, dtype, quantized] = ['name', 'shape', 'dtype', 'quantization'].map((key) => own(weight, key));
  if (typeof name !== 'string') throw malformed(`a weight has the name ${shown(name)}`);
  const extents =
    Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && (n as number) >= 0)
      ? (shape as number[])
      : undefined;
  if (extents === undefined) throw malformed(`weight "${name}" has the shape ${shown(shape)}`);
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `TensorFlow.js model: weight "${name}" has the dtype ${shown(dtype)}; float32, int32 and bool are read`,
    );
  }
  const quantization = quantized === undefined || quantized === null ? undefined : quantizationOf(quantized, name);
  const count = extents.reduce((product, n) => product * n, 1);
  const size = count * (SIZES.get(quantization?.dtype ?? dtype) as number);
  return { name, shape: extents, dtype, quantization, size };
}

function quantizationOf(value: unknown, name: string): Quantization {
  const [dtype, scale, min] = ['dtype', 'scale', 'min'].map((key) => (isRecord(value) ? own(value, key) : undefined));
  if (dtype === 'float16') return { dtype, scale: 1, min: 0 };
  if ((dtype === 'uint8' || dtype === 'uint16') && typeof scale === 'number' && typeof min === 'number')
    return { dtype, scale, min };
  throw malformed(`weight "${name}" has quantization ${shown(value)}`);
}

/** The values of a weight: `value * scale + min` where it was quantized, rounded for whole numbers. */
export function readEntry({ bytes, shape, dtype, quantization }: ManifestEntry): TensorLike {
  // A shard may begin anywhere in memory; typed arrays may not.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset } = aligned;
  const count = shape.reduce((product, n) => product * n, 1);
  if (quantization !== undefined) {
    const stored = quantization.dtype === 'uint8' ? aligned : new Uint16Array(buffer, byteOffset, count);
    const { scale, min } = quantization;
    const value = quantization.dtype === 'float16' ? halfToNumber : (n: number): number => n * scale + min;
    if (dtype === 'int32') return { data: Int32Array.from(stored, (n) => Math.round(value(n))), shape, dtype };
    return { data: Float32Array.from(stored, value), shape, dtype: 'float32' satisfies DType };
  }
  if (dtype === 'int32') return { data: new Int32Array(buffer, byteOffset, count), shape, dtype };
  if (dtype === 'bool') return { data: Array.from(aligned, Boolean), shape, dtype };
  return { data: new Float32Array(buffer, byteOffset, count), shape, dtype: 'float32' };
}

function malformed(what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `TensorFlow.js model: ${what}`);
}
