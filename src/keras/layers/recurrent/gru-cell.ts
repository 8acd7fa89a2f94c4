import type { Value } from '../../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../../graph/arithmetic.ts';
import type { TensorLike } from '../../../spec/tensor.ts';
import { reshaped } from '../../graph/permute.ts';
import { activationOf } from './cell-activation.ts';
import type { CellSource } from './cell-source.ts';
import { gateBias, gateKernel } from './gate-weights.ts';
import { splitGates } from './lstm-cell.ts';
import { nativeActivation } from './native-activation.ts';
import type { RecurrentCell } from './recurrent-cell.ts';

/** Update, reset and candidate, in Keras as in ONNX. */
const ORDER = [0, 1, 2];

/** `GRUCell`, with the reset gate before or after the product with the state. */
export function gruCell(source: CellSource): RecurrentCell {
  const { layer, weights, width, dtype } = source;
  const { config, generation } = layer;
  const units = config.integer('units', { least: 1 });
  const kernel = weights.get('kernel', [width, 3 * units]);
  const recurrent = weights.get('recurrent_kernel', [units, 3 * units]);
  const resetAfter = isResetAfter(source);
  const biases = config.boolean('use_bias', true) ? biasesOf(source, units, resetAfter) : undefined;
  const activation = activationOf(config, { key: 'activation', fallback: 'tanh', generation });
  const gate = activationOf(config, { key: 'recurrent_activation', fallback: 'sigmoid', generation });
  const [f, g] = [nativeActivation(gate.activation), nativeActivation(activation.activation)];
  const shape = [null, units];
  return {
    states: [[units]],
    output: [units],
    native:
      f === undefined || g === undefined
        ? undefined
        : () => ({
            op: 'GRU',
            units,
            kernel: gateKernel(kernel, ORDER),
            recurrent: gateKernel(recurrent, ORDER),
            bias: biases === undefined ? undefined : gateBias(biases[0], biases[1], ORDER),
            activations: [f, g],
            resetAfter,
          }),
    step(graph, input, [state]) {
      const m = new Arithmetic(graph, dtype);
      const h = state as Value;
      const constant = (tensor: TensorLike, name: string): Value => graph.constant(tensor, name);
      let x = m.op('MatMul', [input, constant(kernel, 'kernel')]);
      if (biases !== undefined) x = m.add(x, constant(biases[0], 'bias'));
      const [xz, xr, xh] = splitGates(graph, x, { count: 3, axis: 1 }) as readonly [Value, Value, Value];
      const apart = columns(recurrent, units);
      let inner = m.op('MatMul', [h, constant(resetAfter ? recurrent : apart[0], 'recurrent_kernel')]);
      if (biases?.[1] !== undefined) inner = m.add(inner, constant(biases[1], 'recurrent_bias'));
      const parts = splitGates(graph, inner, { count: resetAfter ? 3 : 2, axis: 1 });
      const [hz, hr, hh] = parts as readonly [Value, Value, Value | undefined];
      const z = gate.apply(graph, m.add(xz, hz), shape);
      const r = gate.apply(graph, m.add(xr, hr), shape);
      const reset = hh === undefined ? m.op('MatMul', [m.mul(r, h), constant(apart[1], 'kernel')]) : m.mul(r, hh);
      const candidate = activation.apply(graph, m.add(xh, reset), shape);
      const output = m.add(m.mul(z, h), m.mul(m.sub(1, z), candidate));
      return { output, states: [output] };
    },
  };
}

/** Files of Keras before 2.1.3 do not say it and have the older form; the shape of the bias says it in any case. */
function isResetAfter({ layer: { config }, weights }: CellSource): boolean {
  if (config.has('reset_after')) return config.boolean('reset_after', false);
  return config.boolean('use_bias', true) && weights.shape('bias')?.length === 2;
}

function biasesOf(
  { weights }: CellSource,
  units: number,
  resetAfter: boolean,
): readonly [TensorLike, TensorLike | undefined] {
  if (!resetAfter) return [weights.get('bias', [3 * units]), undefined];
  const both = weights.get('bias', [2, 3 * units]);
  const data = both.data as Float32Array;
  const part = (from: number): TensorLike => ({
    ...both,
    data: data.slice(from, from + 3 * units),
    shape: [3 * units],
  });
  return [part(0), part(3 * units)];
}

/** The columns of the two gates, and those of the candidate. */
function columns(kernel: TensorLike, units: number): readonly [TensorLike, TensorLike] {
  const data = kernel.data as Float32Array;
  const part = (from: number, count: number): TensorLike => {
    const out = data.slice(0, units * count);
    for (let row = 0; row < units; row++)
      out.set(data.subarray(row * 3 * units + from, row * 3 * units + from + count), row * count);
    return reshaped({ ...kernel, data: out }, [units, count]);
  };
  return [part(0, 2 * units), part(2 * units, units)];
}
