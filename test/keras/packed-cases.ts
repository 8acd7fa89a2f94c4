import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Hdf5Dataset, Hdf5Group, Hdf5Value } from '../../src/formats/hdf5/hdf5-file.ts';
import type { KerasGeneration } from '../../src/keras/model/keras-layer.ts';
import type { KerasFile } from '../../src/keras/read/keras-file.ts';
import { h5Weights } from '../../src/keras/weights/h5-weights.ts';
import type { DType, TensorLike } from '../../src/spec/tensor.ts';

/** A tensor as `test/reference/keras/generate.py` writes it. */
export interface PackedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly (number | string)[];
}

/** A model of real Keras with what it predicted. */
export interface PackedCase {
  readonly name: string;
  readonly rtol: number;
  readonly document: unknown;
  readonly weights: Readonly<Record<string, readonly PackedTensor[]>>;
  readonly cases: readonly { readonly inputs: readonly PackedTensor[]; readonly expected: readonly PackedTensor[] }[];
}

/** The cases of `test/fixtures/keras/<name>.json.gz`. */
export function packedCases(name: string): readonly PackedCase[] {
  const path = fileURLToPath(new URL(`../fixtures/keras/${name}.json.gz`, import.meta.url));
  return (JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as { readonly cases: readonly PackedCase[] })
    .cases;
}

const ARRAYS: Readonly<Record<string, (data: readonly number[]) => TensorLike['data']>> = {
  float64: (data) => Float64Array.from(data),
  float32: (data) => Float32Array.from(data),
  int32: (data) => Int32Array.from(data),
  uint8: (data) => Uint8Array.from(data),
  int64: (data) => BigInt64Array.from(data, BigInt),
  bool: (data) => data.map(Boolean),
};

export function tensorOf({ shape, dtype, data }: PackedTensor): TensorLike {
  const make = ARRAYS[dtype];
  if (make === undefined) throw new Error(`a packed tensor of ${dtype}`);
  return { data: make(data.map(Number)), shape, dtype: dtype as DType };
}

/** The case as a file: its weights are listed as in an `.h5` file. */
export function fileOf({ document, weights }: PackedCase, generation: KerasGeneration): KerasFile {
  return {
    document,
    generation,
    version: generation === 2 ? '2.15.0' : '3.15.1',
    kind: 'h5',
    others: [],
    weights: (model, types) => h5Weights(groupOf(weights), model, types),
  };
}

function groupOf(weights: PackedCase['weights']): Hdf5Group {
  const layers = new Map(Object.entries(weights).map(([name, list]) => [name, layerGroup(name, list)]));
  return group('/', layers, new Map([['layer_names', texts([...layers.keys()])]]));
}

function layerGroup(layer: string, list: readonly PackedTensor[]): Hdf5Group {
  // Keras 3 names a variable by its path; equal paths are told apart by their place in the list.
  const datasets = new Map(list.map((tensor, i) => [`${i}/${tensor.name}`, dataset(tensor)] as const));
  return group(`/${layer}`, datasets, new Map([['weight_names', texts([...datasets.keys()])]]));
}

function group(
  path: string,
  children: ReadonlyMap<string, Hdf5Group | Hdf5Dataset>,
  attributes: ReadonlyMap<string, Hdf5Value>,
): Hdf5Group {
  const child = (name: string): Hdf5Group | Hdf5Dataset | undefined => children.get(name);
  return { kind: 'group', path, attributes, names: [...children.keys()], child, at: child };
}

function dataset(tensor: PackedTensor): Hdf5Dataset {
  const read = (): TensorLike => tensorOf(tensor);
  return {
    kind: 'dataset',
    path: tensor.name,
    shape: tensor.shape,
    dtype: tensor.dtype as DType,
    attributes: new Map(),
    read,
  };
}

function texts(list: readonly string[]): TensorLike {
  return { data: list, shape: [list.length], dtype: 'string' };
}
