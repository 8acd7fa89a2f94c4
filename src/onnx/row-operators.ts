import type { OnnxNode } from '../formats/onnx-proto/onnx-model.ts';
import { integersOf } from './constant-values.ts';
import type { GraphLinks } from './graph-links.ts';
import { attribute } from './node-attributes.ts';
import { broadcast, dimension, type Extents, rowsOf, type RowValue } from './row-value.ts';

/** A node, what goes into it, and what it may look up. */
export interface RowStep {
  readonly node: OnnxNode;
  /** One per input; `undefined` for one that is left out. */
  readonly inputs: readonly (RowValue | undefined)[];
  readonly links: GraphLinks;
  /** Version of ONNX's own operator set. */
  readonly opset: number;
}

/** What the first output is, or all of them; `undefined` where rows may influence each other. */
export type RowRule = (step: RowStep) => RowValue | readonly RowValue[] | undefined;

type Rows = Extract<RowValue, { kind: 'rows' }>;

const int = ({ node }: RowStep, name: string, fallback: number): number => Number(attribute(node, name)?.i ?? fallback);

/** Integers of an attribute (older operator sets) or of a constant input. */
function ints({ node, links }: RowStep, name: string, input: number): readonly number[] | undefined {
  const given = attribute(node, name);
  if (given !== undefined) return Array.from(given.ints.values(), Number);
  const from = node.inputs[input] ?? '';
  return from === '' ? undefined : integersOf(from, links)?.map(Number);
}

/** A rule for a first input of rows whose other inputs are constants. */
function rows(rule: (x: Rows, step: RowStep) => RowValue | readonly RowValue[] | undefined): RowRule {
  return (step) => {
    const [x, ...rest] = step.inputs;
    const constant = rest.every((value) => value === undefined || value.kind === 'constant');
    return x?.kind === 'rows' && constant ? rule(x, step) : undefined;
  };
}

const same: RowRule = ({ inputs }) => inputs[0];
const elementwise: RowRule = ({ inputs }) => broadcast(inputs.filter((value) => value !== undefined));

/** Along one dimension, which must not be that of the rows. */
const along = (fallback: number, give: (x: Rows, at: number, step: RowStep) => RowValue | undefined): RowRule =>
  rows((x, step) => {
    const at = dimension(int(step, 'axis', fallback), x.shape.length);
    return at === undefined || at === 0 ? undefined : give(x, at, step);
  });

const softmax: RowRule = rows((x, step) => {
  const at = dimension(int(step, 'axis', step.opset < 13 ? 1 : -1), x.shape.length);
  return at === undefined || at === 0 ? undefined : x;
});

const replaced = (shape: Extents, at: number, extent: number | null): RowValue => ({
  kind: 'rows',
  shape: shape.with(at, extent),
});
const without = (shape: Extents, axes: readonly number[]): RowValue => ({
  kind: 'rows',
  shape: shape.filter((_, axis) => !axes.includes(axis)),
});

const reduce: RowRule = rows((x, step) => {
  const axes = ints(step, 'axes', 1)?.map((axis) => dimension(axis, x.shape.length));
  if (axes === undefined || axes.length === 0 || axes.includes(undefined) || axes.includes(0)) return undefined;
  const kept = int(step, 'keepdims', 1) !== 0;
  if (!kept) return without(x.shape, axes as number[]);
  return { kind: 'rows', shape: x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)) };
});

const argument = along(0, (x, at, step) =>
  int(step, 'keepdims', 1) === 0 ? without(x.shape, [at]) : replaced(x.shape, at, 1),
);

const concat: RowRule = (step) => {
  const parts = step.inputs.filter((value) => value !== undefined);
  const [first] = parts;
  if (first === undefined || !parts.every((part) => part.kind === 'rows')) return undefined;
  const rank = (first as Rows).shape.length;
  const at = dimension(int(step, 'axis', 1), rank);
  const shapes = parts.map((part) => part.shape);
  if (at === undefined || at === 0 || shapes.some(({ length }) => length !== rank)) return undefined;
  const extents = shapes.map((shape) => shape[at] as number | null);
  const sum = extents.includes(null) ? null : (extents as number[]).reduce((a, b) => a + b, 0);
  return replaced(shapes[0] as Extents, at, sum);
};

const gather: RowRule = (step) => {
  const [data, indices] = step.inputs;
  if (data?.kind === 'constant' && indices?.kind === 'rows') {
    if (int(step, 'axis', 0) !== 0 || data.shape === undefined) return undefined;
    return { kind: 'rows', shape: [...indices.shape, ...data.shape.slice(1)] };
  }
  if (data?.kind !== 'rows' || indices?.kind !== 'constant' || indices.shape === undefined) return undefined;
  const at = dimension(int(step, 'axis', 0), data.shape.length);
  if (at === undefined || at === 0) return undefined;
  return { kind: 'rows', shape: [...data.shape.slice(0, at), ...indices.shape, ...data.shape.slice(at + 1)] };
};

const reshape: RowRule = (step) => {
  const [x] = step.inputs;
  const target = ints(step, 'shape', 1);
  if (x === undefined || target === undefined || int(step, 'allowzero', 0) !== 0) return undefined;
  if (x.kind === 'lying-rows') return target.length === 1 && target[0] === -1 ? rowsOf() : undefined;
  if (x.kind !== 'rows') return undefined;
  const [first, ...rest] = target;
  const known = rest.map((extent, i) => (extent === 0 ? (x.shape[i + 1] ?? null) : extent === -1 ? null : extent));
  if (first === 0) return rowsOf(...known);
  // The rows are what is left when the others are known to hold as much as a row does.
  const row = product(x.shape.slice(1));
  return first === -1 && row !== null && row === product(known) ? rowsOf(...known) : undefined;
};

function product(extents: Extents): number | null {
  return extents.includes(null) ? null : (extents as number[]).reduce((a, b) => a * b, 1);
}

const flatten: RowRule = rows((x, step) =>
  int(step, 'axis', 1) === 1 ? rowsOf(product(x.shape.slice(1))) : undefined,
);

const squeeze: RowRule = (step) => {
  const [x] = step.inputs;
  const axes = ints(step, 'axes', 1);
  if (x === undefined || axes === undefined) return undefined;
  if (x.kind === 'lying-rows') return axes.length === 1 && (axes[0] === 0 || axes[0] === -2) ? rowsOf() : undefined;
  if (x.kind !== 'rows') return undefined;
  const at = axes.map((axis) => dimension(axis, x.shape.length));
  return at.includes(undefined) || at.includes(0) ? undefined : without(x.shape, at as number[]);
};

const unsqueeze: RowRule = rows((x, step) => {
  const axes = ints(step, 'axes', 1);
  if (axes === undefined) return undefined;
  const rank = x.shape.length + axes.length;
  const added = new Set(axes.map((axis) => dimension(axis, rank)));
  if (added.has(undefined) || added.has(0)) return undefined;
  const left = [...x.shape];
  const shape = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (left.shift() ?? null)));
  return { kind: 'rows', shape };
});

const transpose: RowRule = ({ node, inputs }) => {
  const [x] = inputs;
  if (x?.kind !== 'rows' && x?.kind !== 'constant') return undefined;
  const perm = attribute(node, 'perm')?.ints.values();
  const order =
    perm === undefined ? x.shape?.map((_, axis, { length }) => length - 1 - axis) : Array.from(perm, Number);
  if (order === undefined || x.shape === undefined) return x;
  const shape = order.map((axis) => x.shape?.[axis] ?? null);
  if (x.kind === 'constant') return { kind: 'constant', shape: shape as number[] };
  return order[0] === 0 ? { kind: 'rows', shape } : undefined;
};

/** By constant scales: one for all elements, or one per entry of a dimension other than the rows. */
const scaled: RowRule = (step) => {
  const [x, scale] = step.inputs;
  if (x?.kind === 'constant' && scale?.kind === 'constant') return x;
  if (x?.kind !== 'rows' || scale?.kind !== 'constant' || scale.shape === undefined) return undefined;
  const at = dimension(int(step, 'axis', 1), x.shape.length);
  return scale.shape.length === 0 || (scale.shape.length === 1 && at !== undefined && at > 0) ? x : undefined;
};

const gemm: RowRule = rows((x, step) => {
  const [, b, c] = step.inputs;
  if (x.shape.length !== 2 || int(step, 'transA', 0) !== 0 || b?.kind !== 'constant') return undefined;
  // A matrix that is added would have as many rows as the call.
  const bias = c === undefined ? [] : (c as { readonly shape: readonly number[] | undefined }).shape;
  if (bias === undefined || (bias.length > 1 && bias[0] !== 1)) return undefined;
  return rowsOf(b.shape?.[int(step, 'transB', 0) === 0 ? 1 : 0] ?? null);
});

const matmul: RowRule = ({ inputs }) => {
  const [a, b] = inputs;
  if (a?.kind === 'rows' && b?.kind === 'constant') {
    // With a vector the last dimension goes: one of the rows' own stays.
    if (a.shape.length >= 2 && b.shape?.length === 1) return without(a.shape, [a.shape.length - 1]);
    if (a.shape.length < 2 || b.shape?.length !== 2) return undefined;
    return replaced(a.shape, a.shape.length - 1, b.shape[1] ?? null);
  }
  if (a?.kind === 'constant' && b?.kind === 'rows')
    return a.shape?.length === 2 && b.shape.length >= 3
      ? replaced(b.shape, b.shape.length - 2, a.shape[0] ?? null)
      : undefined;
  if (a?.kind !== 'rows' || b?.kind !== 'rows' || a.shape.length < 3 || a.shape.length !== b.shape.length)
    return undefined;
  return replaced(a.shape, a.shape.length - 1, b.shape.at(-1) ?? null);
};

/** Images and sequences, `[rows, channels, ...]`: each row on its own. */
const perImage = (channels: (x: Rows, step: RowStep) => number | null): RowRule =>
  rows((x, step) =>
    x.shape.length < 3
      ? undefined
      : { kind: 'rows', shape: [null, channels(x, step), ...x.shape.slice(2).map(() => null)] },
  );
const sameChannels = perImage((x) => x.shape[1] ?? null);
const convolution = perImage(
  (_, { inputs }) => (inputs[1] as { shape?: readonly number[] } | undefined)?.shape?.[0] ?? null,
);

const normalizeBatch: RowRule = rows((x, step) =>
  int(step, 'training_mode', 0) === 0 && step.node.outputs.length === 1 ? x : undefined,
);

const slice: RowRule = rows((x, step) => {
  const axes = ints(step, 'axes', 3)?.map((axis) => dimension(axis, x.shape.length));
  if (axes === undefined || axes.includes(undefined) || axes.includes(0)) return undefined;
  return { kind: 'rows', shape: x.shape.map((extent, axis) => (axes.includes(axis) ? null : extent)) };
});

const constantNode: RowRule = ({ node }) => {
  const tensor = attribute(node, 'value')?.t;
  if (tensor !== undefined) return { kind: 'constant', shape: tensor.dims.map(Number) };
  const list = attribute(node, 'value_ints')?.ints.length ?? attribute(node, 'value_floats')?.floats.length;
  return { kind: 'constant', shape: list === undefined || list === 0 ? [] : [list] };
};

/** `label [rows]` and `scores [rows, classes]`. */
const classifier: RowRule = rows((x) => (x.shape.length === 2 ? [rowsOf(), rowsOf(null)] : undefined));
const regressor: RowRule = rows((x) => (x.shape.length === 2 ? rowsOf(null) : undefined));

const oneHot: RowRule = rows((x, { node }) => {
  const count = attribute(node, 'cats_int64s')?.ints.length || attribute(node, 'cats_strings')?.strings.length;
  return { kind: 'rows', shape: [...x.shape, count === undefined || count === 0 ? null : count] };
});

const extractFeatures: RowRule = ({ inputs }) => {
  const [x, y] = inputs;
  if (x?.kind === 'rows' && y?.kind === 'constant')
    return x.shape.length === 2 ? replaced(x.shape, 1, product(y.shape ?? [null])) : undefined;
  // Labels by index: as many as there are rows, in one lying row.
  const perRow = y?.kind === 'rows' && product(y.shape.slice(1)) === 1;
  return x?.kind === 'constant' && perRow && product(x.shape ?? [null]) === Math.max(...(x.shape ?? [0]))
    ? { kind: 'lying-rows' }
    : undefined;
};

const UNARY =
  'Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil Celu Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log Mish Neg Not Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu';
const ELEMENTWISE =
  'Add And BitwiseAnd BitwiseOr BitwiseXor Clip Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul Or Pow PRelu Sub Sum Where Xor';
const REDUCTIONS =
  'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare';

const each = (names: string, rule: RowRule): [string, RowRule][] => names.split(' ').map((name) => [name, rule]);

/** Operators of ONNX's own set in which rows do not meet, and what they give. */
export const ROW_OPERATORS: ReadonlyMap<string, RowRule> = new Map([
  ...each(UNARY, same),
  ...each(ELEMENTWISE, elementwise),
  ...each(REDUCTIONS, reduce),
  ...each('Softmax LogSoftmax Hardmax', softmax),
  ...each('ArgMax ArgMin', argument),
  ...each(
    'LayerNormalization LpNormalization',
    along(-1, (x) => x),
  ),
  ...each('InstanceNormalization LRN GlobalAveragePool GlobalMaxPool AveragePool', sameChannels),
  // A second output would count positions through all rows.
  ['MaxPool', (step) => (step.node.outputs.length === 1 ? sameChannels(step) : undefined)],
  ...each('Conv', convolution),
  ['BatchNormalization', normalizeBatch],
  ['Concat', concat],
  ...each('QuantizeLinear DequantizeLinear', scaled),
  ['Constant', constantNode],
  ['Flatten', flatten],
  ['Gather', gather],
  ['Gemm', gemm],
  ['MatMul', matmul],
  ['Reshape', reshape],
  ['Slice', slice],
  ['Squeeze', squeeze],
  ['Transpose', transpose],
  ['Unsqueeze', unsqueeze],
  // A third input would switch training on.
  ['Dropout', (step) => (step.inputs.length <= 2 && step.node.outputs.length === 1 ? step.inputs[0] : undefined)],
  ['Split', along(0, (x, at) => replaced(x.shape, at, null))],
]);

/** The same for the operators of classical models. */
export const ROW_ML_OPERATORS: ReadonlyMap<string, RowRule> = new Map([
  ...each('LinearClassifier SVMClassifier TreeEnsembleClassifier', classifier),
  ...each('LinearRegressor SVMRegressor TreeEnsembleRegressor TreeEnsemble', regressor),
  ...each(
    'Scaler Imputer Binarizer LabelEncoder CategoryMapper',
    rows((x) => x),
  ),
  ['Normalizer', rows((x) => (x.shape.length === 2 ? x : undefined))],
  ['OneHotEncoder', oneHot],
  ['ArrayFeatureExtractor', extractFeatures],
]);
