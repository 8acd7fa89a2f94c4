import { packParts } from '../../internal/pack-parts.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';

/** What a node of the graph holds when the model has been loaded: the value of a variable, or keys and values of a table. */
export interface HeldValue {
  readonly node: string;
  readonly kind: 'variable' | 'table';
  readonly tensors: readonly TensorLike[];
}

/** A tensor as the header describes it: texts in the header, numbers in a piece of their own. */
interface PackedTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** How the elements are encoded, where that is not their type. */
  readonly wire?: DType;
  readonly texts?: readonly string[];
  /** Number of the piece. */
  readonly part?: number;
}

/** A character that stands for bytes which are no text. */
const LOST = '\uFFFD';

/** A graph with what its variables and tables hold, in one piece; `undefined` where a text of them is not UTF-8. */
export function graphPayload(graph: Uint8Array, held: readonly HeldValue[]): Uint8Array | undefined {
  const parts = [graph];
  const values = held.map(({ node, kind, tensors }) => ({ node, kind, tensors: tensors.map((t) => packed(t, parts)) }));
  const texts = values.flatMap(({ tensors }) => tensors.flatMap((tensor) => tensor.texts ?? []));
  return texts.some((text) => text.includes(LOST)) ? undefined : packParts({ values }, parts);
}

function packed({ dtype, shape, data }: TensorLike, parts: Uint8Array[]): PackedTensor {
  if (dtype === 'string') return { dtype, shape, texts: Array.from(data as ArrayLike<unknown>, String) };
  const view = ArrayBuffer.isView(data) ? data : Uint8Array.from(data as ArrayLike<unknown>, Number);
  parts.push(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  const half = dtype === 'float16' || dtype === 'bfloat16';
  return { dtype, shape, part: parts.length - 1, ...(half && { wire: 'float32' as const }) };
}
