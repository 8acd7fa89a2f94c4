import type { Value } from '../../onnx/builder/graph-builder.ts';
import type { AtenConstant } from './aten-graph.ts';

/** A tensor of the ONNX graph. */
export interface TensorOperand {
  readonly kind: 'tensor';
  readonly value: Value;
}

/**
 * A Python number that only the running graph knows, as a value without dimensions: an extent, or
 * what was computed from extents. int64, float64 or bool.
 */
export interface NumberOperand {
  readonly kind: 'number';
  readonly value: Value;
  /** Name of the extent that it equals, so that shapes made of it stay recognisable. */
  readonly symbol?: string | undefined;
}

export interface ListOperand {
  readonly kind: 'list';
  readonly items: readonly Operand[];
}

/** What an argument is while a program is translated: known now, or a value of the graph. */
export type Operand = AtenConstant | TensorOperand | NumberOperand | ListOperand;

export const NONE: Operand = { kind: 'none' };
export const tensor = (value: Value): TensorOperand => ({ kind: 'tensor', value });
export const list = (items: readonly Operand[]): ListOperand => ({ kind: 'list', items });
export const tensors = (values: readonly Value[]): ListOperand => list(values.map(tensor));
