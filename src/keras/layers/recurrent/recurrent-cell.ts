import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import type { TensorLike } from '../../../spec/tensor.ts';
import type { KerasShape } from '../../graph/keras-tensor.ts';

/** What is computed at every step of a recurrence. */
export interface RecurrentCell {
  /** Extents of each state behind the batch; the first one is also the output's, unless `output` says so. */
  readonly states: readonly KerasShape[];
  /** Extents of the output behind the batch. */
  readonly output: KerasShape;
  /** Writes one step: `input` is the step's slice, without a time axis. */
  readonly step: (g: GraphBuilder, input: Value, states: readonly Value[]) => CellStep;
  /** The same as one of ONNX's recurrent operators; `undefined` where none computes exactly this. */
  readonly native: (() => NativeRecurrence) | undefined;
}

/** What a step gives. */
export interface CellStep {
  readonly output: Value;
  readonly states: readonly Value[];
}

/** A cell as ONNX's operators describe it. */
export interface NativeRecurrence {
  readonly op: 'RNN' | 'LSTM' | 'GRU';
  readonly units: number;
  /** `[1, gates * units, input]`, gates in ONNX's order. */
  readonly kernel: TensorLike;
  /** `[1, gates * units, units]`. */
  readonly recurrent: TensorLike;
  /** `[1, 2 * gates * units]`: of the input, then of the state. */
  readonly bias: TensorLike | undefined;
  readonly activations: readonly NativeActivation[];
  /** GRU only: the reset gate is applied to the product with the state, not to the state. */
  readonly resetAfter?: boolean;
}

/** An activation of ONNX's recurrent operators. */
export interface NativeActivation {
  readonly name: string;
  readonly alpha?: number;
  readonly beta?: number;
}
