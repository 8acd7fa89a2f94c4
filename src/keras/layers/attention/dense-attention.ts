import { dataTypeOf } from '../../../formats/onnx-proto/encode-tensor.ts';
import { int, ints } from '../../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../../graph/arithmetic.ts';
import { cast } from '../../graph/cast.ts';
import { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../../graph/layer-type.ts';
import type { KerasLayer } from '../../model/keras-layer.ts';
import { shown } from '../../model/layer-config.ts';
import { allOf, causalMask, withAxis } from './attention-masks.ts';

/** `Attention` and `AdditiveAttention`, called on a list of query, value and possibly key. */
export const DENSE_ATTENTION_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  [
    'Attention',
    {
      masking: 'own',
      weights: ({ config }) => [
        ...(config.boolean('use_scale', false) ? [{ name: 'scale' }] : []),
        ...(isConcat(config) ? [{ name: 'concat_score_weight' }] : []),
      ],
      check: ({ config }) => void isConcat(config),
      translate: (call) => attention(call, dotScores),
    },
  ],
  [
    'AdditiveAttention',
    {
      masking: 'own',
      weights: ({ config }) => (config.boolean('use_scale', true) ? [{ name: 'scale' }] : []),
      translate: (call) => attention(call, additiveScores),
    },
  ],
]);

function isConcat(config: KerasLayer['config']): boolean {
  return config.choice('score_mode', ['dot', 'concat'], 'dot') === 'concat';
}

type Scores = (call: LayerCall, query: KerasTensor, key: KerasTensor) => Value;

function dotScores({ g, config, weights, dtype }: LayerCall, query: KerasTensor, key: KerasTensor): Value {
  const m = new Arithmetic(g, dtype);
  const scale = config.boolean('use_scale', false) ? g.constant(weights.get('scale', []), 'scale') : undefined;
  if (!isConcat(config)) {
    const last = key.rank - 1;
    const axes = Array.from({ length: key.rank }, (_, i) => i);
    const turned = g.op('Transpose', [key.plain()], { perm: ints([...axes.slice(0, -2), last, last - 1]) });
    const scores = m.op('MatMul', [query.plain(), turned]);
    return scale === undefined ? scores : m.mul(scores, scale);
  }
  const sums = pairs(m, query, key);
  const bent = m.op('Tanh', [scale === undefined ? sums : m.mul(sums, scale)]);
  const weight = g.constant(weights.get('concat_score_weight', []), 'concat_score_weight');
  return m.mul(weight, g.op('ReduceSum', [bent, g.ints([-1])], { keepdims: int(0) }));
}

function additiveScores({ g, config, weights, dtype }: LayerCall, query: KerasTensor, key: KerasTensor): Value {
  const m = new Arithmetic(g, dtype);
  const bent = m.op('Tanh', [pairs(m, query, key)]);
  const weighed = config.boolean('use_scale', true)
    ? m.mul(g.constant(weights.get('scale', [query.shape.at(-1) ?? null]), 'scale'), bent)
    : bent;
  return g.op('ReduceSum', [weighed, g.ints([-1])], { keepdims: int(0) });
}

/** Every query plus every key. */
function pairs(m: Arithmetic, query: KerasTensor, key: KerasTensor): Value {
  const { g } = m;
  return m.add(g.op('Unsqueeze', [query.plain(), g.ints([-2])]), g.op('Unsqueeze', [key.plain(), g.ints([-3])]));
}

function attention(call: LayerCall, scoresOf: Scores): readonly KerasTensor[] {
  const { g, config, args, inputs, layer, dtype, unsupported } = call;
  if (args.training) throw unsupported('is called with training=True; build the model without it');
  const [query, value, third] = inputs.map((tensor) => cast(g, tensor, dtype));
  if (query === undefined || value === undefined || inputs.length > 3)
    throw config.malformed('must be called on a list of query, value and possibly key');
  if (query.rank < 3 || value.rank !== query.rank)
    throw unsupported('is called on tensors of different or too small rank');
  const masks = masksOf(call);
  const m = new Arithmetic(g, dtype);
  let scores = scoresOf(call, query, third ?? value);
  const causal = config.boolean('causal', false) || flag(call, 'use_causal_mask', 3);
  const seen = allOf(g, [
    withAxis(g, masks[1], -2),
    causal ? causalMask(g, atRankThree(g, query), atRankThree(g, value)) : undefined,
  ]);
  if (seen !== undefined) scores = m.where(seen, scores, m.sub(scores, 1e9));
  const weights = m.op('Softmax', [scores], { axis: int(-1) });
  let result = m.op('MatMul', [weights, value.plain()]);
  const shown = withAxis(g, masks[0], -1);
  if (shown !== undefined) {
    result =
      layer.generation === 3
        ? m.where(shown, result, 0)
        : m.mul(result, g.op('Cast', [shown], { to: int(dataTypeOf(dtype)) }, { dtype }));
  }
  const shape = [...query.shape.slice(0, -1), value.shape.at(-1) ?? null];
  const first = KerasTensor.of(g, result, { shape, dtype, mask: masks[0] });
  if (!flag(call, 'return_attention_scores', 2)) return [first];
  const extents = [...query.shape.slice(0, -1), (third ?? value).shape.at(-2) ?? null];
  return [first, KerasTensor.of(g, weights, { shape: extents, dtype })];
}

/** The last axes of a tensor, for positions along the one before the last. */
function atRankThree(g: GraphBuilder, x: KerasTensor): Value {
  return x.rank === 3 ? x.plain() : g.op('Reshape', [x.plain(), lastTwo(g, x)]);
}

function lastTwo(g: GraphBuilder, x: KerasTensor): Value {
  const tail = g.op('Shape', [x.plain()], { start: int(-2) }, { dtype: 'int64' });
  return g.op('Concat', [g.ints([-1]), tail], { axis: int(0) });
}

/** Masks of query and value: named in the call, or those of the tensors. */
function masksOf({ args, inputs, config }: LayerCall): readonly (KerasTensor | undefined)[] {
  const given = args.value('mask', 0);
  if (given === undefined) return inputs.map(({ mask }) => mask);
  if (!Array.isArray(given)) throw config.malformed('is called with a mask that is no list of masks');
  return given.map((item: unknown) => (item instanceof KerasTensor ? item : undefined));
}

/** An argument of a call that is true or false. */
export function flag({ args, config }: LayerCall, name: string, position: number): boolean {
  const value = args.constant(name, position) ?? false;
  if (typeof value !== 'boolean') throw config.malformed(`is called with ${name}=${shown(value)}`);
  return value;
}
