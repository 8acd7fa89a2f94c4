import { int } from '../../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import type { KerasShape } from '../../graph/keras-tensor.ts';
import { runNative } from './native-steps.ts';
import type { NativeRecurrence, RecurrentCell } from './recurrent-cell.ts';
import type { Recurred, Recurrence } from './recurrence.ts';
import { runScan } from './scan-steps.ts';

/**
 * Runs a cell by ONNX's operator where everything that comes in is finite, else step by step: the
 * engine's own activations inside the operator make numbers of NaN, where Keras lets it spread.
 */
export function runGuarded(
  g: GraphBuilder,
  { cell, native }: { readonly cell: RecurrentCell; readonly native: () => NativeRecurrence },
  recurrence: Recurrence,
  /** Extents of the input behind batch and time. */
  features: KerasShape,
): Recurred {
  const { dtype, input, initial } = recurrence;
  // Zero times anything finite is zero.
  const sums = [input, ...(initial ?? [])].map((value) => {
    const nothing = g.op('Mul', [value, g.scalar(0, dtype)]);
    return g.op('ReduceSum', [nothing], { keepdims: int(0) });
  });
  const strange = g.op('IsNaN', [sums.reduce((a, b) => g.op('Add', [a, b]))], {}, { dtype: 'bool' });
  const branch = (name: string, run: (inner: GraphBuilder) => Recurred): ReturnType<GraphBuilder['subgraph']> =>
    g.subgraph(name, (inner) => {
      const { output, states } = run(inner);
      for (const value of [output, ...states]) inner.output({ ...value, dtype, shape: undefined }, 'result');
    });
  const known = { dtype, shape: undefined };
  const [output, ...states] = g.node('If', {
    inputs: [strange],
    attributes: {
      then_branch: branch('steps', (inner) => runScan(inner, cell, recurrence, features)),
      else_branch: branch('whole', (inner) => runNative(inner, native(), recurrence)),
    },
    outputs: [known, ...cell.states.map(() => known)],
  });
  return { output: output as Value, states };
}
