import type { DType } from '../spec/tensor.ts';

/** What a signature calls a value, and what it knows of it. */
export interface SignedEdge {
  readonly name: string;
  readonly dtype: DType | undefined;
  readonly shape: readonly number[] | undefined;
}

/** Node of the graph to what callers call it. */
export type EdgeNames = ReadonlyMap<string, SignedEdge>;

/** TensorFlow.js has no 64-bit types: they are 32 bits wide there. */
const TYPES: ReadonlyMap<unknown, DType> = new Map<unknown, DType>([
  ['DT_FLOAT', 'float32'],
  ['DT_HALF', 'float32'],
  ['DT_DOUBLE', 'float32'],
  ['DT_INT32', 'int32'],
  ['DT_INT64', 'int32'],
  ['DT_UINT8', 'int32'],
  ['DT_BOOL', 'bool'],
  ['DT_STRING', 'string'],
]);

/** The names of a graph model's `signature`; empty where it has none. */
export function signatureNames(signature: unknown): { readonly inputs: EdgeNames; readonly outputs: EdgeNames } {
  return { inputs: edges(field(signature, 'inputs')), outputs: edges(field(signature, 'outputs')) };
}

function edges(table: unknown): EdgeNames {
  const names = new Map<string, SignedEdge>();
  if (typeof table !== 'object' || table === null) return names;
  for (const [name, edge] of Object.entries(table)) {
    const node = field(edge, 'name');
    if (typeof node !== 'string') continue;
    names.set(node.replace(/:0$/, ''), { name, dtype: TYPES.get(field(edge, 'dtype')), shape: extents(edge) });
  }
  return names;
}

function extents(edge: unknown): readonly number[] | undefined {
  const shape = field(edge, 'tensorShape');
  const dims = field(shape, 'dim');
  if (field(shape, 'unknownRank') === true || shape === undefined) return undefined;
  return Array.isArray(dims) ? dims.map((dim) => Number(field(dim, 'size') ?? 0)) : [];
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
