import type { OpCall, Operator, OperatorTable } from '../op-call.ts';
import type { TfTensor } from '../tf-tensor.ts';
import { type TfValue, UNKNOWN } from '../tf-value.ts';
import { channelsLast, toChannelsFirst, toChannelsLast } from '../windows.ts';

/** Adds a vector to the channels. */
export function biasAdd(call: OpCall, x: TfTensor, bias: TfTensor): TfTensor {
  if (call.attrs.text('data_format', 'NHWC').startsWith('NC')) {
    const { rank } = x;
    if (rank === undefined) throw call.unsupported('adds to the channels of a tensor of an open number of dimensions');
    if (rank > 2) {
      const axes = Array.from({ length: rank - 2 }, (_, i) => i + 1);
      const column = call.write('Unsqueeze', [bias, call.ints(axes)], {
        shape: [bias.shape?.[0] ?? null, ...axes.map(() => 1)],
      });
      return call.write('Add', [x, column], { shape: x.shape });
    }
  }
  return call.write('Add', [x, bias], { shape: x.shape });
}

/** Parameters of a batch normalization. */
export interface BatchNormParts {
  readonly scale: TfTensor;
  readonly offset: TfTensor;
  readonly mean: TfTensor;
  readonly variance: TfTensor;
  readonly epsilon: number;
}

/** The normalization of inference: with the mean and variance that training left. */
export function batchNorm(call: OpCall, x: TfTensor, parts: BatchNormParts): TfTensor {
  const { rank, shape } = x;
  if (rank === undefined) throw call.unsupported('normalizes a tensor of an open number of dimensions');
  const last = channelsLast(call);
  const first = last ? call.transpose(x, toChannelsFirst(rank)) : x;
  const y = call.write('BatchNormalization', [first, parts.scale, parts.offset, parts.mean, parts.variance], {
    shape: first.shape,
    attributes: { epsilon: { float: parts.epsilon } },
  });
  return last ? call.transpose(y, toChannelsLast(rank)) : call.write('Identity', [y], { shape });
}

/**
 * With the mean and variance of what is given: what Keras 2 makes of a layer normalization. Statistics of
 * the batch that a training step would keep are not computed.
 */
function byOwnStatistics(call: OpCall): readonly TfValue[] {
  const [x, scale, offset] = call.tensors(0, 3) as [TfTensor, TfTensor, TfTensor];
  const rank = call.shapeOf(0).length;
  const channel = channelsLast(call) ? rank - 1 : 1;
  const others = Array.from({ length: rank }, (_, i) => i).filter((axis) => axis !== channel);
  const { shape } = x;
  const mean = (of: TfTensor): TfTensor =>
    call.write('ReduceMean', [of, call.ints(others)], {
      shape: of.shape?.map((extent, i) => (i === channel ? extent : 1)),
    });
  const centred = call.write('Sub', [x, mean(x)], { shape });
  const variance = mean(call.write('Mul', [centred, centred], { shape }));
  const epsilon = call.scalar(Math.fround(call.attrs.float('epsilon', 1e-4)), x.dtype);
  const deviation = call.write('Sqrt', [call.write('Add', [variance, epsilon], { shape: variance.shape })]);
  const trailing = others.filter((axis) => axis > channel).map((axis) => axis - channel);
  const perChannel = (of: TfTensor): TfTensor =>
    trailing.length === 0 ? of : call.write('Unsqueeze', [of, call.ints(trailing)]);
  const scaled = call.write('Mul', [call.write('Div', [centred, deviation], { shape }), perChannel(scale)], { shape });
  const y = call.write('Add', [scaled, perChannel(offset)], { shape });
  return [y, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN];
}

const fused: Operator = (call) => {
  if (call.attrs.bool('is_training', true)) return byOwnStatistics(call);
  const [x, scale, offset, mean, variance] = call.tensors(0, 5) as [TfTensor, TfTensor, TfTensor, TfTensor, TfTensor];
  const y = batchNorm(call, x, { scale, offset, mean, variance, epsilon: call.attrs.float('epsilon', 1e-4) });
  return [y, mean, variance, mean, variance, mean];
};

const softmax =
  (opType: string): Operator =>
  (call) => {
    const x = call.tensor(0);
    return call.write(opType, [x], { shape: x.shape, attributes: { axis: { int: -1 } } });
  };

export const normaliseOperators: OperatorTable = {
  BiasAdd: (call) => biasAdd(call, call.tensor(0), call.tensor(1)),
  FusedBatchNorm: fused,
  FusedBatchNormV2: fused,
  FusedBatchNormV3: fused,
  BatchNormWithGlobalNormalization(call) {
    const [x, mean, variance, offset, scale] = call.tensors(0, 5) as [TfTensor, TfTensor, TfTensor, TfTensor, TfTensor];
    const one = call.scalar(1, x.dtype);
    const ones = call.write('Expand', [one, call.write('Shape', [mean], { dtype: 'int64' })], {
      dtype: x.dtype,
      shape: mean.shape,
    });
    const scaled = call.attrs.bool('scale_after_normalization') ? scale : ones;
    return batchNorm(call, x, {
      scale: scaled,
      offset,
      mean,
      variance,
      epsilon: call.attrs.float('variance_epsilon', 0),
    });
  },
  Softmax: softmax('Softmax'),
  LogSoftmax: softmax('LogSoftmax'),
  LRN(call) {
    const x = call.tensor(0);
    const radius = call.attrs.int('depth_radius', 5);
    const size = 2 * radius + 1;
    const first = call.transpose(x, [0, 3, 1, 2]);
    const y = call.write('LRN', [first], {
      shape: first.shape,
      // ONNX divides alpha by the number of channels that are summed.
      attributes: {
        alpha: { float: call.attrs.float('alpha', 1) * size },
        beta: { float: call.attrs.float('beta', 0.5) },
        bias: { float: call.attrs.float('bias', 1) },
        size: { int: size },
      },
    });
    return call.transpose(y, [0, 2, 3, 1]);
  },
};
