import type { OpCall, Operator, OperatorTable } from '../op-call.ts';
import type { TfTensor } from '../tf-tensor.ts';
import { conv, depthwise } from './conv.ts';
import { matmulOf } from './matmul.ts';
import { batchNorm, biasAdd } from './normalise.ts';
import { unary } from './unary.ts';

/**
 * Operators that TensorFlow's optimizer joins, as in frozen graphs that were optimized: a product or
 * convolution, then what `fused_ops` names, which takes the inputs from the third on.
 */
const joined =
  (first: (call: OpCall) => TfTensor): Operator =>
  (call) => {
    let x = first(call);
    let next = 2;
    for (const name of call.attrs.texts('fused_ops')) {
      if (name === 'BiasAdd') x = biasAdd(call, x, call.tensor(next++));
      else if (name === 'FusedBatchNorm') {
        const [scale, offset, mean, variance] = call.tensors(next, next + 4) as [
          TfTensor,
          TfTensor,
          TfTensor,
          TfTensor,
        ];
        next += 4;
        x = batchNorm(call, x, { scale, offset, mean, variance, epsilon: call.attrs.float('epsilon', 1e-4) });
      } else x = activated(call, name, x);
    }
    return x;
  };

function activated(call: OpCall, name: string, x: TfTensor): TfTensor {
  const { shape } = x;
  if (name === 'LeakyRelu') {
    return call.write('LeakyRelu', [x], {
      shape,
      attributes: { alpha: { float: call.attrs.float('leakyrelu_alpha', 0.2) } },
    });
  }
  if (name === 'GeluExact' || name === 'GeluApproximate') {
    const approximate = name === 'GeluApproximate' ? 'tanh' : 'none';
    return call.write('Gelu', [x], { shape, attributes: { approximate: { text: approximate } } });
  }
  const y = unary(call, name, x);
  if (y === undefined) throw call.unsupported(`joins ${name}, which is not known`);
  return y;
}

export const fusedOperators: OperatorTable = {
  _FusedConv2D: joined(conv),
  _FusedDepthwiseConv2dNative: joined(depthwise),
  _FusedMatMul: joined(matmulOf),
};
