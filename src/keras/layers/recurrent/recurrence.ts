import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import type { DType } from '../../../spec/tensor.ts';
import { extentOf } from '../../graph/reshape.ts';
import type { KerasShape } from '../../graph/keras-tensor.ts';
import { int } from '../../../onnx/builder/attributes.ts';

/** How a cell is run over time. */
export interface Recurrence {
  /** `[batch, time, ...]`. */
  readonly input: Value;
  readonly dtype: DType;
  /** `[batch, time]`, bool: steps that do not count leave the states alone and repeat the output before. */
  readonly mask: Value | undefined;
  /** One per state; default zeros. */
  readonly initial: readonly Value[] | undefined;
  readonly backwards: boolean;
  /** Whether the outputs of all steps are wanted, in the order of computation, or the last one. */
  readonly sequences: boolean;
  /** Whether steps that do not count give zeros instead of the output before. */
  readonly zeroOutput: boolean;
  readonly unroll: boolean;
}

/** What a recurrence gives. */
export interface Recurred {
  /** `[batch, time, ...]` in the order of computation, or `[batch, ...]`. */
  readonly output: Value;
  readonly states: readonly Value[];
}

/** A tensor with the time axis, the second, the other way round. */
export function flipped(g: GraphBuilder, value: Value): Value {
  return g.op('Slice', [value, g.ints([-1]), g.ints([-(2n ** 63n) + 1n]), g.ints([1]), g.ints([-1])]);
}

/** Zeros of as many rows as a value has. */
export function zeroState(g: GraphBuilder, like: Value, extents: KerasShape, dtype: DType): Value {
  const rest = extents.map((extent) => extent ?? 1);
  const shape = g.op('Concat', [extentOf(g, like, 0), g.ints(rest)], { axis: int(0) }, { dtype: 'int64' });
  return g.op('Expand', [g.scalar(0, dtype), shape], {}, { dtype });
}

/**
 * The mask of the outputs where masked steps give zeros. Unrolled layers of Keras that go backwards
 * take the mask in the order of the input there, not in that of the outputs.
 */
export function outputMask(g: GraphBuilder, { mask, backwards, unroll }: Recurrence): Value | undefined {
  return mask === undefined || !backwards || unroll ? mask : flipped(g, mask);
}
