import { Arithmetic } from '../../graph/arithmetic.ts';
import { activationOf } from './cell-activation.ts';
import type { CellSource } from './cell-source.ts';
import { gateBias, gateKernel } from './gate-weights.ts';
import { nativeActivation } from './native-activation.ts';
import type { RecurrentCell } from './recurrent-cell.ts';

/** `SimpleRNNCell`: an activation of the input's and the state's products. */
export function simpleCell({ layer: { config, generation }, weights, width, dtype }: CellSource): RecurrentCell {
  const units = config.integer('units', { least: 1 });
  const kernel = weights.get('kernel', [width, units]);
  const recurrent = weights.get('recurrent_kernel', [units, units]);
  const bias = config.boolean('use_bias', true) ? weights.get('bias', [units]) : undefined;
  const activation = activationOf(config, { key: 'activation', fallback: 'tanh', generation });
  const native = nativeActivation(activation.activation);
  return {
    states: [[units]],
    output: [units],
    native:
      native === undefined
        ? undefined
        : () => ({
            op: 'RNN',
            units,
            kernel: gateKernel(kernel, [0]),
            recurrent: gateKernel(recurrent, [0]),
            bias: bias === undefined ? undefined : gateBias(bias, undefined, [0]),
            activations: [native],
          }),
    step(g, input, [state]) {
      const m = new Arithmetic(g, dtype);
      let sum = m.op('MatMul', [input, g.constant(kernel, 'kernel')]);
      if (bias !== undefined) sum = m.add(sum, g.constant(bias, 'bias'));
      sum = m.add(sum, m.op('MatMul', [state as NonNullable<typeof state>, g.constant(recurrent, 'recurrent_kernel')]));
      const output = activation.apply(g, sum, [null, units]);
      return { output, states: [output] };
    },
  };
}
