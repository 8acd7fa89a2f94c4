import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call } from './call.ts';
import { binary, compare, unary, where } from './emit/arithmetic.ts';
import { pair } from './emit/promote.ts';
import type { OperatorFamily, Translate } from './operator.ts';
import { reduce } from './reduction.ts';

const c = (g: GraphBuilder, number: number, { dtype }: Value): Value => g.scalar(number, dtype);

/** How the errors of elements become one: PyTorch's numbers. */
const REDUCTIONS = [undefined, 'ReduceMean', 'ReduceSum'] as const;

function reduced(call: Call, value: Value): Value {
  const opType = REDUCTIONS[call.int('reduction')];
  const axes = (value.shape ?? call.fail('the number of dimensions is not known')).map((_, i) => i);
  return opType === undefined ? value : reduce(call.g, opType, value, { axes, keep: false });
}

function ofDifference(write: (call: Call, distance: Value) => Value): Translate {
  return (call) => {
    const [a, b] = pair(call, 'self', 'target');
    return reduced(call, write(call, unary(call.g, 'Abs', binary(call.g, 'Sub', a, b))));
  };
}

function square(g: GraphBuilder, value: Value, factor = 1): Value {
  const product = binary(g, 'Mul', value, value);
  return factor === 1 ? product : binary(g, 'Mul', product, c(g, factor, value));
}

/** A parabola up to a distance, a line behind it. */
function smooth(name: string, scaled: boolean): (call: Call, distance: Value) => Value {
  return (call, distance) => {
    const { g } = call;
    const limit = call.float(name);
    if (limit === 0) return distance;
    const shifted = binary(g, 'Sub', distance, c(g, limit / 2, distance));
    const line = scaled ? binary(g, 'Mul', shifted, c(g, limit, distance)) : shifted;
    const near = square(g, distance, scaled ? 0.5 : 0.5 / limit);
    return where(g, compare(g, 'Less', distance, c(g, limit, distance)), near, line);
  };
}

function crossEntropyOfLogits(call: Call): Value {
  const { g } = call;
  const [x, target] = pair(call, 'self', 'target');
  if (call.has('pos_weight') || call.has('weight')) return call.fail('weights of a loss');
  // (1 - t) x + log(1 + exp(-x)), as PyTorch writes it.
  const rest = binary(g, 'Mul', binary(g, 'Sub', c(g, 1, x), target), x);
  return reduced(call, binary(g, 'Add', rest, unary(g, 'Softplus', unary(g, 'Neg', x))));
}

/** Errors between two tensors: what autoencoders give for scores of strangeness. */
export const loss: OperatorFamily = {
  mse_loss: ofDifference((call, distance) => square(call.g, distance)),
  l1_loss: ofDifference((_, distance) => distance),
  smooth_l1_loss: ofDifference(smooth('beta', false)),
  huber_loss: ofDifference(smooth('delta', true)),
  binary_cross_entropy_with_logits: crossEntropyOfLogits,
};
