import { float, int } from '../../../onnx/builder/attributes.ts';
import { constantOf, filled, type Layer, type LayerTable, optionalConstant, rankOf } from '../layer-context.ts';

const EPSILON = 1e-5;

/** With the statistics of training. */
const batchNorm =
  (ranks: readonly number[]): Layer =>
  (input, spec, context) => {
    const rank = rankOf(input, spec);
    if (!ranks.includes(rank)) throw spec.bad(`takes inputs of ${ranks.join(' or ')} dimensions, gets ${rank}`);
    spec.number('momentum', 0.1);
    const [channels = 0] = context.tensor(spec, 'running_mean').shape;
    // Counts batches, for training only.
    context.optional(spec, 'num_batches_tracked');
    const weight = optionalConstant(context, spec, 'weight');
    spec.expect('num_features', channels);
    spec.expect('affine', weight !== undefined);
    spec.expect('track_running_stats', true);
    const inputs = [
      input,
      weight ?? filled(context, [channels], 1),
      optionalConstant(context, spec, 'bias') ?? filled(context, [channels], 0),
      constantOf(context, spec, 'running_mean'),
      constantOf(context, spec, 'running_var'),
    ];
    return context.graph.op(
      'BatchNormalization',
      inputs,
      { epsilon: float(spec.number('eps', EPSILON)) },
      { shape: input.shape },
    );
  };

const layerNorm: Layer = (input, spec, context) => {
  const weight = context.optional(spec, 'weight');
  const bias = context.optional(spec, 'bias');
  const given = spec.raw('normalized_shape');
  const list = typeof given === 'number' ? [given] : Array.isArray(given) ? (given as number[]) : undefined;
  const shape = weight?.shape ?? list;
  spec.expect('elementwise_affine', weight !== undefined);
  spec.expect('bias', bias !== undefined);
  if (shape === undefined || !shape.every((extent) => Number.isSafeInteger(extent) && extent > 0)) {
    throw spec.bad('without a weight needs its normalized_shape');
  }
  // The engine needs both: it has crashed on a graph whose bias is left out.
  const inputs = [
    input,
    weight === undefined ? filled(context, shape, 1) : constantOf(context, spec, 'weight'),
    bias === undefined ? filled(context, shape, 0) : constantOf(context, spec, 'bias'),
  ];
  const attributes = { axis: int(-shape.length), epsilon: float(spec.number('eps', EPSILON)) };
  return context.graph.op('LayerNormalization', inputs, attributes, { shape: input.shape });
};

/** Each group of channels as if it were one: reshaped, normalised, reshaped back, then scaled by channel. */
const groupNorm: Layer = (input, spec, context) => {
  const { graph } = context;
  const { shape } = input;
  const groups = spec.integer('num_groups', 0);
  if (groups < 1) throw spec.bad('needs its num_groups');
  const weight = context.optional(spec, 'weight');
  spec.expect('affine', weight !== undefined);
  if (weight !== undefined) spec.expect('num_channels', weight.shape[0]);
  else spec.raw('num_channels');
  const rank = rankOf(input, spec);
  const epsilon = float(spec.number('eps', EPSILON));
  const grouped = graph.op('Reshape', [input, graph.ints([0, groups, -1])], {}, { shape: [null, groups, null] });
  const normal = graph.op(
    'InstanceNormalization',
    [grouped, filled(context, [groups], 1), filled(context, [groups], 0)],
    { epsilon },
    { shape: [null, groups, null] },
  );
  const extents = graph.op('Shape', [input], {}, { dtype: 'int64', shape: [rank] });
  const restored = graph.op('Reshape', [normal, extents], {}, { shape });
  return (['weight', 'bias'] as const).reduce((result, name) => {
    const tensor = context.optional(spec, name);
    if (tensor === undefined) return result;
    const perChannel = [...tensor.shape, ...Array.from({ length: rank - 2 }, () => 1)];
    const constant = graph.constant({ ...tensor, shape: perChannel }, `${spec.path}.${name}`);
    return graph.op(name === 'weight' ? 'Mul' : 'Add', [result, constant], {}, { shape });
  }, restored);
};

/** Normalisations, as they compute outside training. */
export const NORMALIZATION_LAYERS: LayerTable = new Map([
  ['BatchNorm1d', batchNorm([2, 3])],
  ['BatchNorm2d', batchNorm([4])],
  ['BatchNorm3d', batchNorm([5])],
  ['LayerNorm', layerNorm],
  ['GroupNorm', groupNorm],
]);
