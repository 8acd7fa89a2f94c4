import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import type { TensorLike } from '../../../src/spec/tensor.ts';

/** A tensor as the reference script writes it. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'float16';
  readonly data: readonly (number | string | boolean)[];
}

/** An archive of real PyTorch, and what PyTorch answers. */
export interface ExportCase {
  readonly name: string;
  readonly torch: string;
  readonly refuse: boolean;
  readonly rtol: number;
  /** As latin1. */
  readonly archive: string;
  readonly cases: readonly { readonly inputs: readonly StoredTensor[]; readonly expected: readonly StoredTensor[] }[];
}

export const FIXTURES: string = fileURLToPath(new URL('../../fixtures/torch-export/', import.meta.url));

/** Cases of every family of operators, made by test/reference/torch-export. */
export function exportCases(): readonly ExportCase[] {
  const packed = readFileSync(`${FIXTURES}cases.json.br`);
  return JSON.parse(brotliDecompressSync(packed).toString('utf8')) as readonly ExportCase[];
}

/** One of them. */
export function exportCase(name: string): ExportCase & { readonly bytes: Buffer } {
  const found = exportCases().find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return { ...found, bytes: Buffer.from(found.archive, 'latin1') };
}

const ARRAYS = {
  float64: Float64Array,
  float32: Float32Array,
  float16: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
};

/** A stored tensor as a caller passes it. */
export function tensorOf({ shape, dtype, data }: StoredTensor): TensorLike {
  if (dtype === 'int64') return { data: BigInt64Array.from(data.map(BigInt)), shape, dtype };
  return { data: ARRAYS[dtype].from(data.map(Number)), shape, dtype };
}
