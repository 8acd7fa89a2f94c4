import { int } from '../../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../../graph/arithmetic.ts';
import { activationOf, type CellActivation } from './cell-activation.ts';
import type { CellSource } from './cell-source.ts';
import { gateBias, gateKernel } from './gate-weights.ts';
import { nativeActivation } from './native-activation.ts';
import type { CellStep, RecurrentCell } from './recurrent-cell.ts';

/** Keras has input, forget, candidate, output; ONNX input, output, forget, candidate. */
const ORDER = [0, 3, 1, 2];

/** `LSTMCell`. */
export function lstmCell({ layer: { config, generation }, weights, width, dtype }: CellSource): RecurrentCell {
  const units = config.integer('units', { least: 1 });
  const kernel = weights.get('kernel', [width, 4 * units]);
  const recurrent = weights.get('recurrent_kernel', [units, 4 * units]);
  const bias = config.boolean('use_bias', true) ? weights.get('bias', [4 * units]) : undefined;
  const activation = activationOf(config, { key: 'activation', fallback: 'tanh', generation });
  const gate = activationOf(config, { key: 'recurrent_activation', fallback: 'sigmoid', generation });
  const [f, g] = [nativeActivation(gate.activation), nativeActivation(activation.activation)];
  return {
    states: [[units], [units]],
    output: [units],
    native:
      f === undefined || g === undefined
        ? undefined
        : () => ({
            op: 'LSTM',
            units,
            kernel: gateKernel(kernel, ORDER),
            recurrent: gateKernel(recurrent, ORDER),
            bias: bias === undefined ? undefined : gateBias(bias, undefined, ORDER),
            activations: [f, g, g],
          }),
    step(graph, input, [hidden, carry]) {
      const m = new Arithmetic(graph, dtype);
      const product = m.op('MatMul', [input, graph.constant(kernel, 'kernel')]);
      let z = m.add(product, m.op('MatMul', [hidden as Value, graph.constant(recurrent, 'recurrent_kernel')]));
      if (bias !== undefined) z = m.add(z, graph.constant(bias, 'bias'));
      const parts = splitGates(graph, z, { count: 4, axis: 1 });
      return lstmStep(graph, parts, carry as Value, { gate, activation, shape: [null, units] });
    },
  };
}

/** The sums of all gates, one by one. */
export function splitGates(
  g: GraphBuilder,
  sums: Value,
  { count, axis }: { readonly count: number; readonly axis: number },
): readonly Value[] {
  return g.node('Split', {
    inputs: [sums],
    attributes: { axis: int(axis), num_outputs: int(count) },
    outputs: Array.from({ length: count }, () => ({ dtype: sums.dtype, shape: undefined })),
  });
}

/** New states from the gates' sums in Keras's order. */
export function lstmStep(
  g: GraphBuilder,
  sums: readonly Value[],
  carry: Value,
  functions: {
    readonly gate: CellActivation;
    readonly activation: CellActivation;
    readonly shape: readonly (number | null)[];
  },
): CellStep {
  const { gate, activation, shape } = functions;
  const m = new Arithmetic(g, carry.dtype);
  const [i, f, candidate, o] = sums as readonly [Value, Value, Value, Value];
  const kept = m.mul(gate.apply(g, f, shape), carry);
  const added = m.mul(gate.apply(g, i, shape), activation.apply(g, candidate, shape));
  const next = m.add(kept, added);
  const output = m.mul(gate.apply(g, o, shape), activation.apply(g, next, shape));
  return { output, states: [output, next] };
}
