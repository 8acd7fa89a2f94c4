import type { OpCall, Operator, OperatorTable } from '../op-call.ts';
import type { TfTensor } from '../tf-tensor.ts';
import { channelsLast, planWindow, spatial, toChannelsFirst, toChannelsLast } from '../windows.ts';

interface PoolParts {
  readonly opType: string;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
}

function pool(call: OpCall, { opType, kernel: sizes, strides: steps }: PoolParts): TfTensor {
  const last = channelsLast(call);
  const given = call.shapeOf(0);
  if (sizes.length !== given.length) throw call.unsupported(`pools ${sizes.length} dimensions of ${given.length}`);
  const channelAxis = last ? sizes.length - 1 : 1;
  if (sizes[0] !== 1 || sizes[channelAxis] !== 1 || steps[0] !== 1 || steps[channelAxis] !== 1) {
    throw call.unsupported('pools over rows or channels');
  }
  const x = last ? call.transpose(call.tensor(0), toChannelsFirst(given.length)) : call.tensor(0);
  const kernel = spatial(sizes, last);
  const window = { kernel, strides: spatial(steps, last), dilations: kernel.map(() => 1) };
  const [rows, channels, ...extents] = x.shape as NonNullable<TfTensor['shape']>;
  const plan = planWindow(call, extents, window);
  const { dilations: _, ...attributes } = plan.attributes;
  const y = call.write(opType, [x], { shape: [rows ?? null, channels ?? null, ...plan.extents], attributes });
  return last ? call.transpose(y, toChannelsLast(given.length)) : y;
}

const byAttributes =
  (opType: string): Operator =>
  (call) =>
    pool(call, { opType, kernel: call.attrs.ints('ksize'), strides: call.attrs.ints('strides') });

export const poolOperators: OperatorTable = {
  // ONNX leaves padding out of the mean unless asked, as TensorFlow does.
  AvgPool: byAttributes('AveragePool'),
  AvgPool3D: byAttributes('AveragePool'),
  MaxPool: byAttributes('MaxPool'),
  MaxPool3D: byAttributes('MaxPool'),
  MaxPoolV2: (call) =>
    pool(call, { opType: 'MaxPool', kernel: call.numbers(1, 'kernel size'), strides: call.numbers(2, 'stride') }),
};
