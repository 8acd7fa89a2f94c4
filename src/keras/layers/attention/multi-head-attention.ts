import { int, text } from '../../../onnx/builder/attributes.ts';
import type { Value } from '../../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../../graph/arithmetic.ts';
import { cast } from '../../graph/cast.ts';
import { type KerasShape, KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../../graph/layer-type.ts';
import type { KerasLayer } from '../../model/keras-layer.ts';
import { nestedSpecs, type WeightSpec } from '../../model/weight-spec.ts';
import { allOf, causalMask, slidingMask, withAxis } from './attention-masks.ts';
import { flag } from './dense-attention.ts';
import { attendEquations } from './attention-equations.ts';
import { projected, projectedBack } from './projection.ts';

/** `MultiHeadAttention`, and `GroupedQueryAttention` (`GroupQueryAttention`) of Keras 3. */
export const MULTI_HEAD_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>(
  ['MultiHeadAttention', 'GroupQueryAttention', 'GroupedQueryAttention'].map((name) => [
    name,
    { masking: 'own', weights: specs, check: (layer) => void headsOf(layer), translate: multiHead } satisfies LayerType,
  ]),
);

/** How many heads of which width. */
interface Heads {
  readonly queries: number;
  /** Keys and values; fewer than queries in grouped attention, each used for several of them. */
  readonly keys: number;
  readonly keyWidth: number;
  readonly valueWidth: number;
}

function headsOf({ className, config }: KerasLayer): Heads {
  if (className === 'MultiHeadAttention') {
    const queries = config.integer('num_heads', { least: 1 });
    const keyWidth = config.integer('key_dim', { least: 1 });
    const valueWidth = config.integer('value_dim', { fallback: keyWidth }) || keyWidth;
    return { queries, keys: queries, keyWidth, valueWidth };
  }
  const queries = config.integer('num_query_heads', { least: 1 });
  const keys = config.integer('num_key_value_heads', { least: 1 });
  const width = config.integer('head_dim', { least: 1 });
  if (queries % keys !== 0) throw config.mistyped('num_query_heads', `a multiple of ${keys} heads of keys and values`);
  return { queries, keys, keyWidth: width, valueWidth: width };
}

function specs(layer: KerasLayer): readonly WeightSpec[] {
  const { config, generation } = layer;
  const bias = config.boolean('use_bias', true) ? [{ name: 'bias' }] : [];
  const gate = config.boolean('use_gate', false) ? ['gate'] : [];
  return ['query', 'key', ...gate, 'value', 'attention_output'].flatMap((name) => {
    const attribute = `${name === 'attention_output' ? 'output' : name}_dense`;
    // A property of Keras 3 shows the layer under its name without the underscore.
    const owner =
      generation === 3 && layer.className === 'MultiHeadAttention' && name !== 'gate' ? attribute : `_${attribute}`;
    return nestedSpecs([{ name: 'kernel' }, ...bias], { name, owner: [owner] });
  });
}

function multiHead(call: LayerCall): readonly KerasTensor[] {
  const { g, layer, config, args, dtype, unsupported } = call;
  if (args.training) throw unsupported('is called with training=True; build the model without it');
  const query = cast(g, call.input(), dtype);
  const value = typed(call, args.tensor('value', 0));
  if (value === undefined) throw config.malformed('is called without a value');
  const key = typed(call, args.tensor('key', 1)) ?? value;
  const heads = headsOf(layer);
  const scores = flag(call, 'return_attention_scores', layer.generation === 3 ? 6 : 3);
  const q = projected(call, query, { name: 'query', heads: heads.queries, width: heads.keyWidth });
  const k = repeated(
    call,
    projected(call, key, { name: 'key', heads: heads.keys, width: heads.keyWidth }),
    heads,
    heads.keyWidth,
  );
  const v = repeated(
    call,
    projected(call, value, { name: 'value', heads: heads.keys, width: heads.valueWidth }),
    heads,
    heads.valueWidth,
  );
  const m = new Arithmetic(g, dtype);
  const equations = attendEquations(axesOf(layer, query.rank), query.rank + 1, config);
  const scaled = m.mul(q, 1 / Math.sqrt(heads.keyWidth));
  const products = g.op('Einsum', [k, scaled], { equation: text(equations.scores) }, { dtype });
  const mask = expanded(call, maskOf(call, { query, value, key }), equations);
  const weights = normalized(call, products, {
    mask,
    axes: equations.axes,
    zeroed: scores || zeroes(call, query.rank),
  });
  let context = g.op('Einsum', [weights, v], { equation: text(equations.context) }, { dtype });
  if (config.boolean('use_gate', false)) {
    const gate = projected(call, query, { name: 'gate', heads: heads.queries, width: heads.valueWidth });
    context = m.mul(context, m.op('Sigmoid', [gate]));
  }
  const output = projectedBack(call, context, { query, heads: heads.queries, width: heads.valueWidth });
  const first = output.withMask(query.mask);
  if (!scores) return [first];
  const shape: KerasShape = Array.from({ length: equations.rank }, () => null);
  return [first, KerasTensor.of(g, weights, { shape, dtype })];
}

function typed({ g, dtype }: LayerCall, tensor: KerasTensor | undefined): KerasTensor | undefined {
  return tensor === undefined ? undefined : cast(g, tensor, dtype).withMask(tensor.mask);
}

/** The axes that attention goes over, of the inputs. */
function axesOf({ config, generation }: KerasLayer, rank: number): readonly number[] {
  if (!config.has('attention_axes')) return Array.from({ length: rank - 2 }, (_, i) => i + 1);
  const given = config.integers('attention_axes');
  // Keras 2 counts negative ones from behind the heads, so that -2 stands for the heads.
  const axes = given.map((axis) => (axis < 0 ? axis + rank + (generation === 2 ? 1 : 0) : axis));
  const most = generation === 2 ? rank - 1 : rank - 2;
  if (axes.some((axis) => axis < 1 || axis > most))
    throw config.mistyped('attention_axes', `axes between batch and features of ${rank}`);
  return axes;
}

/** Each head of keys or values as often as it is used. */
function repeated({ g }: LayerCall, value: Value, { queries, keys }: Heads, width: number): Value {
  if (queries === keys) return value;
  const wide = g.op('Unsqueeze', [value, g.ints([3])]);
  const tiled = g.op('Tile', [wide, g.ints([1, 1, 1, queries / keys, 1])]);
  return g.op('Reshape', [tiled, g.ints([0, 0, queries, width])]);
}

/** Bool `[batch, queries, values]`: the masks of all inputs, and those that are asked for. */
function maskOf(
  call: LayerCall,
  { query, value, key }: { readonly query: KerasTensor; readonly value: KerasTensor; readonly key: KerasTensor },
): Value | undefined {
  const { g, args, layer, config } = call;
  const latest = layer.generation === 3;
  const own = (name: string, position: number): KerasTensor | undefined =>
    latest ? args.tensor(name, position) : undefined;
  const stated = args.tensor('attention_mask', latest ? 5 : 2);
  const masks = [
    withAxis(g, own('query_mask', 2) ?? query.mask, -1),
    withAxis(g, own('value_mask', 3) ?? value.mask, -2),
    withAxis(g, own('key_mask', 4) ?? (key === value ? undefined : key.mask), -2),
    flag(call, 'use_causal_mask', latest ? 8 : 5) ? causalMask(g, query.plain(), value.plain()) : undefined,
    config.has('sliding_window')
      ? slidingMask(g, {
          query: query.plain(),
          value: value.plain(),
          width: config.integer('sliding_window', { least: 1 }),
        })
      : undefined,
  ];
  const automatic = allOf(g, masks.slice(0, 3));
  // The last two have no batch axis; the first three always have.
  const plain = allOf(g, masks.slice(3));
  const batched = plain === undefined ? undefined : g.op('Unsqueeze', [plain, g.ints([0])]);
  return allOf(g, [stated === undefined ? undefined : cast(g, stated, 'bool').plain(), automatic, batched]);
}

/** The mask with axes for the heads and whatever else stands between batch and queries. */
function expanded(
  { g, args, layer, unsupported }: LayerCall,
  mask: Value | undefined,
  { rank, axes }: { readonly rank: number; readonly axes: readonly number[] },
): Value | undefined {
  if (mask === undefined) return undefined;
  const stated = args.tensor('attention_mask', layer.generation === 3 ? 5 : 2);
  const have = Math.max(3, stated?.rank ?? 3);
  const at = have - 2 * axes.length;
  if ((stated !== undefined && stated.rank < 3) || have > rank || (have < rank && at < 0))
    throw unsupported('gets a mask that does not fit the axes of attention');
  if (have === rank) return mask;
  return g.op('Unsqueeze', [mask, g.ints(Array.from({ length: rank - have }, (_, i) => at + i))]);
}

/** Keras 3 takes a way without zeros where it does not have to show the scores. */
function zeroes({ config, layer }: LayerCall, rank: number): boolean {
  return layer.generation === 3 && (config.number('dropout', 0) > 0 || rank !== 3);
}

/** Softmax over the last axes. What is hidden: lowered in Keras 2; replaced in Keras 3, and zero in the end on one of its two ways. */
function normalized(
  { g, layer, dtype }: LayerCall,
  products: Value,
  {
    mask,
    axes,
    zeroed,
  }: { readonly mask: Value | undefined; readonly axes: readonly number[]; readonly zeroed: boolean },
): Value {
  const m = new Arithmetic(g, dtype);
  let scores = products;
  if (mask !== undefined) {
    scores =
      layer.generation === 2
        ? m.where(mask, products, m.sub(products, 1e9))
        : m.where(mask, products, zeroed ? -1e9 : LOWEST);
  }
  const soft = axes.length === 1 ? m.op('Softmax', [scores], { axis: int(-1) }) : joint(m, scores, axes);
  return mask !== undefined && layer.generation === 3 && zeroed ? m.where(mask, soft, 0) : soft;
}

/** `-0.7` times the largest float32. */
const LOWEST = -0.7 * 3.4028234663852886e38;

function joint(m: Arithmetic, scores: Value, axes: readonly number[]): Value {
  const { g } = m;
  const over = g.ints(axes.map((_, i) => i - axes.length));
  return m.op('Exp', [m.sub(scores, g.op('ReduceLogSumExp', [scores, over], { keepdims: int(1) }))]);
}
