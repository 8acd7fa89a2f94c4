import { float, int, ints } from '../../../onnx/builder/attributes.ts';
import { constantOf, type Layer, type LayerTable, optionalConstant, rankOf, shapeOf } from '../layer-context.ts';

const linear: Layer = (input, spec, context) => {
  const { graph } = context;
  const [features = 0, width = 0] = context.tensor(spec, 'weight').shape;
  spec.expect('in_features', width);
  spec.expect('out_features', features);
  const weight = constantOf(context, spec, 'weight');
  const bias = optionalConstant(context, spec, 'bias');
  spec.expect('bias', bias !== undefined);
  const rank = rankOf(input, spec);
  const type = { shape: [...(input.shape ?? []).slice(0, -1), features] };
  if (rank === 2)
    return graph.op('Gemm', [input, weight, bias], { transB: int(1), alpha: float(1), beta: float(1) }, type);
  const product = graph.op('MatMul', [input, graph.op('Transpose', [weight], { perm: ints([1, 0]) })], {}, type);
  return bias === undefined ? product : graph.op('Add', [product, bias], {}, type);
};

const embedding: Layer = (input, spec, context) => {
  const [count = 0, width = 0] = context.tensor(spec, 'weight').shape;
  spec.expect('num_embeddings', count);
  spec.expect('embedding_dim', width);
  // What these change in training is in the weights already; padding_idx only stops gradients.
  spec.integer('padding_idx', 0);
  const shape = [...(input.shape ?? []), width];
  return context.graph.op(
    'Gather',
    [constantOf(context, spec, 'weight'), input],
    { axis: int(0) },
    { dtype: 'float32', shape },
  );
};

const flatten: Layer = (input, spec, { graph }) => {
  const rank = rankOf(input, spec);
  const start = wrapped(spec.integer('start_dim', 1), rank);
  const end = wrapped(spec.integer('end_dim', -1), rank);
  if (start > end || start < 0 || end >= rank)
    throw spec.bad(`cannot flatten dimensions ${start} to ${end} of ${rank}`);
  const shape = input.shape ?? [];
  const kept = [...shape.slice(0, start), null, ...shape.slice(end + 1)];
  if (start === 1 && end === rank - 1) return graph.op('Flatten', [input], { axis: int(1) }, { shape: kept });
  const extents = graph.op('Shape', [input], {}, { dtype: 'int64', shape: [rank] });
  const slice = (from: number, to: number) =>
    graph.op('Slice', [extents, graph.ints([from]), graph.ints([to])], {}, { dtype: 'int64' });
  const target = graph.op(
    'Concat',
    [slice(0, start), graph.ints([-1]), slice(end + 1, rank)],
    { axis: int(0) },
    { dtype: 'int64' },
  );
  return graph.op('Reshape', [input, target], {}, { shape: kept });
};

function wrapped(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The last, or any other, step of a dimension: `x[:, -1]`. */
const select: Layer = (input, spec, { graph }) => {
  const rank = rankOf(input, spec);
  const axis = wrapped(spec.integer('dim', 1), rank);
  const index = spec.integer('index', -1);
  if (axis < 0 || axis >= rank) throw spec.bad(`cannot select in dimension ${axis} of ${rank}`);
  const shape = (input.shape ?? []).filter((_, i) => i !== axis);
  return graph.op('Gather', [input, graph.scalar(index, 'int64')], { axis: int(axis) }, { shape });
};

const mean: Layer = (input, spec, { graph }) => {
  const rank = rankOf(input, spec);
  const axis = wrapped(spec.integer('dim', 1), rank);
  if (axis < 0 || axis >= rank) throw spec.bad(`cannot take the mean over dimension ${axis} of ${rank}`);
  const shape = shapeOf(rank - 1, {}, input.shape);
  return graph.op('ReduceMean', [input, graph.ints([axis])], { keepdims: int(0) }, { shape });
};

/** Linear maps, look-ups, and what changes shapes. */
export const LINEAR_LAYERS: LayerTable = new Map([
  ['Linear', linear],
  ['Embedding', embedding],
  ['Flatten', flatten],
  ['Select', select],
  ['Mean', mean],
]);
