import { float, int, text } from '../../../onnx/builder/attributes.ts';
import type { Value } from '../../../onnx/builder/graph-builder.ts';
import { type Layer, type LayerContext, type LayerTable, rankOf } from '../layer-context.ts';

/** An operator of ONNX that is the layer. */
const same =
  (opType: string): Layer =>
  (input, _, { graph }) =>
    graph.op(opType, [input], {}, { shape: input.shape });

/** The same with a number of the layer's as attribute. */
const withNumber =
  (opType: string, setting: string, otherwise: number): Layer =>
  (input, spec, { graph }) =>
    graph.op(opType, [input], { alpha: float(spec.number(setting, otherwise)) }, { shape: input.shape });

const identity: Layer = (input) => input;

/** Does nothing when a model is used. */
const dropout: Layer = (input, spec) => {
  spec.number('p', 0.5);
  return input;
};

/** PyTorch states in-place work, which changes nothing for the result. */
const inPlace =
  (layer: Layer): Layer =>
  (input, spec, context) => {
    spec.boolean('inplace', false);
    return layer(input, spec, context);
  };

function clip(input: Value, { graph }: LayerContext, [low, high]: readonly [number, number]): Value {
  return graph.op(
    'Clip',
    [input, graph.scalar(low, 'float32'), graph.scalar(high, 'float32')],
    {},
    { shape: input.shape },
  );
}

const silu: Layer = (input, _, { graph }) => {
  const gate = graph.op('Sigmoid', [input], {}, { shape: input.shape });
  return graph.op('Mul', [input, gate], {}, { shape: input.shape });
};

const softplus: Layer = (input, spec, { graph }) => {
  const beta = graph.scalar(spec.number('beta', 1), 'float32');
  const threshold = graph.scalar(spec.number('threshold', 20), 'float32');
  const { shape } = input;
  const scaled = graph.op('Mul', [input, beta], {}, { shape });
  const soft = graph.op('Div', [graph.op('Softplus', [scaled], {}, { shape }), beta], {}, { shape });
  const isLarge = graph.op('Greater', [scaled, threshold], {}, { dtype: 'bool', shape });
  return graph.op('Where', [isLarge, input, soft], {}, { dtype: 'float32', shape });
};

const softmax =
  (opType: string): Layer =>
  (input, spec, { graph }) => {
    const rank = rankOf(input, spec);
    const dim = spec.integer('dim', -1);
    if (dim < -rank || dim >= rank) throw spec.bad(`has no dimension ${dim} in an input of ${rank}`);
    return graph.op(opType, [input], { axis: int(dim) }, { shape: input.shape });
  };

const gelu: Layer = (input, spec, { graph }) =>
  graph.op(
    'Gelu',
    [input],
    { approximate: text(spec.choice('approximate', ['none', 'tanh'])) },
    { shape: input.shape },
  );

/** The slope per channel stands in dimension 1, whatever the rank. */
const prelu: Layer = (input, spec, context) => {
  const slope = context.tensor(spec, 'weight');
  spec.expect('num_parameters', slope.shape[0]);
  spec.number('init', 0.25);
  const after = Math.max(0, rankOf(input, spec) - 2);
  const shape = slope.shape[0] === 1 ? [1] : [slope.shape[0] as number, ...Array.from({ length: after }, () => 1)];
  const constant = context.graph.constant({ ...slope, shape }, `${spec.path}.weight`);
  return context.graph.op('PRelu', [input, constant], {}, { shape: input.shape });
};

const hardtanh: Layer = (input, spec, context) =>
  clip(input, context, [spec.number('min_val', -1), spec.number('max_val', 1)]);

/** `max(0, min(1, x/6 + 1/2))`. */
const hardsigmoid: Layer = (input, _, { graph }) =>
  graph.op('HardSigmoid', [input], { alpha: float(1 / 6), beta: float(0.5) }, { shape: input.shape });

/** Activations and what does nothing outside training. */
export const ACTIVATION_LAYERS: LayerTable = new Map<string, Layer>([
  ['Identity', identity],
  ...['Dropout', 'Dropout1d', 'Dropout2d', 'Dropout3d', 'AlphaDropout', 'FeatureAlphaDropout'].map(
    (name): [string, Layer] => [name, inPlace(dropout)],
  ),
  ['ReLU', inPlace(same('Relu'))],
  ['ReLU6', inPlace((input, _, context) => clip(input, context, [0, 6]))],
  ['Hardtanh', inPlace(hardtanh)],
  ['Sigmoid', same('Sigmoid')],
  ['Tanh', same('Tanh')],
  ['Softsign', same('Softsign')],
  ['Mish', inPlace(same('Mish'))],
  ['Hardswish', inPlace(same('HardSwish'))],
  ['Hardsigmoid', inPlace(hardsigmoid)],
  ['SiLU', inPlace(silu)],
  ['GELU', gelu],
  ['PReLU', prelu],
  ['Softplus', softplus],
  ['LeakyReLU', inPlace(withNumber('LeakyRelu', 'negative_slope', 0.01))],
  ['ELU', inPlace(withNumber('Elu', 'alpha', 1))],
  ['CELU', inPlace(withNumber('Celu', 'alpha', 1))],
  ['SELU', inPlace(same('Selu'))],
  ['Softmax', softmax('Softmax')],
  ['LogSoftmax', softmax('LogSoftmax')],
]);
