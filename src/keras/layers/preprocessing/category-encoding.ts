import { FormatError } from '../../../errors/format-error.ts';
import { dataTypeOf } from '../../../formats/onnx-proto/encode-tensor.ts';
import { int } from '../../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import type { DType } from '../../../spec/tensor.ts';
import { Arithmetic } from '../../graph/arithmetic.ts';
import { cast } from '../../graph/cast.ts';
import { isFloat } from '../../graph/compute-type.ts';
import { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../../graph/layer-type.ts';
import type { LayerConfig } from '../../model/layer-config.ts';

/** How categories come out. */
export type OutputMode = 'int' | 'one_hot' | 'multi_hot' | 'count' | 'tf_idf';

/** Former names of the modes. */
const FORMER: ReadonlyMap<unknown, OutputMode> = new Map([
  ['binary', 'multi_hot'],
  ['tf-idf', 'tf_idf'],
]);

/** The mode under `output_mode`. */
export function outputMode(config: LayerConfig, modes: readonly OutputMode[], fallback: OutputMode): OutputMode {
  const former = FORMER.get(config.raw('output_mode'));
  if (former !== undefined && modes.includes(former)) return former;
  return config.choice('output_mode', modes, fallback);
}

/** Places of one vector; more would be memory that a few bytes of a file ask for. */
const MAX_DEPTH = 1 << 24;

/** @throws `ML_FORMAT_LIMIT` for vectors that are too long */
export function checkDepth({ subject }: LayerConfig, depth: number): void {
  if (depth <= MAX_DEPTH) return;
  throw new FormatError(
    'ML_FORMAT_LIMIT',
    `Keras model: ${subject} makes vectors of ${depth} places, more than ${MAX_DEPTH}`,
    {
      details: { limit: MAX_DEPTH },
    },
  );
}

/** `CategoryEncoding`. */
export const CATEGORY_ENCODING: LayerType = {
  keepsTypes: true,
  limits: 'sparse outputs are refused; indices beyond the categories are refused as in Keras 2',
  check: ({ config }) => {
    checkDepth(config, config.integer('num_tokens', { least: 1 }));
    outputMode(config, ['one_hot', 'multi_hot', 'count'], 'multi_hot');
    config.refuseUnless('sparse', [false], 'only dense outputs are made');
  },
  translate: (call) => {
    const { g, config, layer, args } = call;
    const depth = config.integer('num_tokens', { least: 1 });
    const mode = outputMode(config, ['one_hot', 'multi_hot', 'count'], 'multi_hot');
    const x = cast(g, call.input(), 'int64');
    // Keras 2 asserts that every index is a category; Keras 3 leaves those beyond out.
    const indices = layer.generation === 2 ? KerasTensor.of(g, inRange(g, x.plain(), depth), x) : x;
    const weights = args.tensor('count_weights', 0);
    return encoded(call, indices, { mode, depth, dtype: call.dtype, weights });
  },
};

/** The same indices; the engine refuses to run where one is none of `0 ... depth - 1`. */
function inRange(g: GraphBuilder, indices: Value, depth: number): Value {
  const m = new Arithmetic(g, 'int64');
  const all = g.op('Range', [g.scalar(0, 'int64'), g.scalar(depth, 'int64'), g.scalar(1, 'int64')]);
  // Gather counts a negative index from the end.
  return g.op('Gather', [all, m.where(m.compare('Less', indices, 0), depth, indices)], { axis: int(0) });
}

/** Indices as vectors with a place per category. Indices that are none are left out. */
export function encoded(
  { g, layer, config, dtype: own }: LayerCall,
  indices: KerasTensor,
  wanted: {
    readonly mode: OutputMode;
    readonly depth: number;
    readonly dtype: DType;
    readonly weights?: KerasTensor | undefined;
  },
): KerasTensor {
  const { mode, depth, weights } = wanted;
  const dtype = isFloat(wanted.dtype) ? wanted.dtype : isFloat(own) ? own : 'float32';
  const { rank } = indices;
  const all = g.constant({
    data: BigInt64Array.from({ length: depth }, (_, i) => BigInt(i)),
    shape: [depth],
    dtype: 'int64',
  });
  const places = (value: Value): Value => {
    const equal = g.op('Equal', [g.op('Unsqueeze', [value, g.ints([-1])]), all], {}, { dtype: 'bool' });
    return g.op('Cast', [equal], { to: int(dataTypeOf(dtype)) }, { dtype });
  };
  if (mode === 'one_hot') {
    const single = rank > 1 && indices.shape.at(-1) === 1;
    if (!single && rank > 1 && layer.generation === 2)
      throw config.malformed('makes one-hot vectors of several categories in a row, which Keras 2 does not');
    const value = single ? g.op('Squeeze', [indices.plain(), g.ints([-1])]) : indices.plain();
    const lead = single ? indices.shape.slice(0, -1) : indices.shape;
    return KerasTensor.of(g, places(value), { shape: [...lead, depth], dtype });
  }
  if (rank !== 2)
    throw config.unsupported(`has output_mode=${JSON.stringify(mode)} on a tensor of rank ${rank}; rank 2 is done`);
  const many = places(indices.plain());
  const shape = [indices.shape[0] ?? null, depth];
  if (mode === 'multi_hot')
    return KerasTensor.of(g, g.op('ReduceMax', [many, g.ints([1])], { keepdims: int(0) }), { shape, dtype });
  const weighed =
    weights === undefined
      ? many
      : g.op('Mul', [many, g.op('Unsqueeze', [cast(g, weights, dtype).plain(), g.ints([-1])])]);
  return KerasTensor.of(g, g.op('ReduceSum', [weighed, g.ints([1])], { keepdims: int(0) }), { shape, dtype });
}
