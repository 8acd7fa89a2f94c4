import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call, Dim } from './call.ts';
import { safeSoftmax, softmax } from './activation.ts';
import { binary, cast, unary, where, compare } from './emit/arithmetic.ts';
import { dimOf } from './emit/numbers.ts';
import { asValue } from './emit/promote.ts';
import * as shapes from './emit/shapes.ts';
import { product } from './matrix.ts';
import type { OperatorFamily, Outcome } from './operator.ts';

const { dimsOf, rankOf, sizeOf } = shapes;

interface Attention {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly mask: Value | undefined;
  readonly causal: boolean;
  /** Factor of the products; default one over the root of the width. */
  readonly scale: number | undefined;
}

/** `softmax(q k^T * scale + mask) v`; a row that sees nothing gives zeros. */
function attend(g: GraphBuilder, { query, key, value, mask, causal, scale }: Attention): Value {
  const width = query.shape?.at(-1);
  const { dtype } = query;
  let scaled: Value;
  if (scale !== undefined || typeof width === 'number') {
    scaled = binary(g, 'Mul', query, g.scalar(scale ?? 1 / Math.sqrt(width as number), dtype));
  } else {
    const size = asValue(g, { tensor: shapes.dimScalar(g, sizeOf(g, query, -1)) }, dtype);
    scaled = binary(g, 'Div', query, unary(g, 'Sqrt', size));
  }
  let scores = product(g, { ...scaled, shape: query.shape }, shapes.swap(g, key, -2, -1));
  const hidden = g.scalar(Number.NEGATIVE_INFINITY, dtype);
  if (causal) scores = { ...where(g, lowerTriangle(g, query, key), scores, hidden), shape: scores.shape };
  if (mask !== undefined) {
    const masked =
      mask.dtype === 'bool' ? where(g, mask, scores, hidden) : binary(g, 'Add', scores, cast(g, mask, dtype));
    scores = { ...masked, shape: scores.shape };
  }
  const weights = mask === undefined ? softmax(g, scores, -1) : safeSoftmax(g, scores, -1);
  return product(g, weights, value);
}

/** Whether a key is not behind its query. */
function lowerTriangle(g: GraphBuilder, query: Value, key: Value): Value {
  const range = (value: Value): Value => {
    const size = shapes.dimScalar(g, sizeOf(g, value, -2));
    const shape = [value.shape?.at(-2) ?? null];
    return g.op('Range', [g.scalar(0, 'int64'), size, g.scalar(1, 'int64')], {}, { dtype: 'int64', shape });
  };
  return compare(g, 'GreaterOrEqual', shapes.unsqueeze(g, range(query), [1]), range(key));
}

function dropoutFree(call: Call): void {
  if (call.has('dropout_p') && call.float('dropout_p') !== 0) {
    call.fail('dropout of a model that is training; export it in eval mode');
  }
}

function attention(call: Call): Value {
  const { g } = call;
  dropoutFree(call);
  const query = call.tensor('query');
  let [key, value] = [call.tensor('key'), call.tensor('value')];
  if (call.has('enable_gqa') && call.bool('enable_gqa')) {
    [key, value] = [repeatHeads(g, key, query), repeatHeads(g, value, query)];
  }
  return attend(g, {
    query,
    key,
    value,
    mask: call.has('attn_mask') ? call.tensor('attn_mask') : undefined,
    causal: call.bool('is_causal'),
    scale: call.floatOr('scale'),
  });
}

/** Every head of the keys as often as the queries have heads for it. */
function repeatHeads(g: GraphBuilder, value: Value, query: Value): Value {
  const axis = rankOf(value) - 3;
  const heads = sizeOf(g, value, axis);
  const wanted = sizeOf(g, query, rankOf(query) - 3);
  const times = dimOf(g, 'floordiv', wanted, heads);
  if (times === 1) return value;
  const wide = shapes.unsqueeze(g, value, [axis + 1]);
  const dims = dimsOf(g, wide);
  const tall = shapes.expand(g, wide, [...dims.slice(0, axis + 1), times, ...dims.slice(axis + 2)]);
  return shapes.reshape(g, tall, [...dims.slice(0, axis), wanted, ...dims.slice(axis + 2)]);
}

/** The kernels that `scaled_dot_product_attention` decomposes to. */
function kernel(maskName: string): (call: Call) => Outcome {
  return (call) => {
    if (call.isUsed(1)) return call.fail('the log-sums of attention');
    const result = attention(call);
    const mask = maskName === 'attn_mask' || !call.has(maskName) ? undefined : call.tensor(maskName);
    if (mask !== undefined) return call.fail('an attention bias');
    return [result, ...call.node.outputs.slice(1).map(() => result)];
  };
}

/** `[batch, time, heads * width]` as `[batch, heads, time, width]`. */
function splitHeads(g: GraphBuilder, value: Value, heads: number): Value {
  const [batch, time, width] = dimsOf(g, value) as [Dim, Dim, Dim];
  const each = dimOf(g, 'floordiv', width, heads);
  return shapes.transpose(g, shapes.reshape(g, value, [batch, time, heads, each]), [0, 2, 1, 3]);
}

function project(g: GraphBuilder, x: Value, weight: Value, bias: Value | undefined): Value {
  const found = product(g, x, shapes.transpose(g, weight, [1, 0]));
  return bias === undefined ? found : { ...binary(g, 'Add', found, bias), shape: found.shape };
}

interface SelfAttention {
  readonly heads: number;
  readonly qkvWeight: Value;
  readonly qkvBias: Value | undefined;
  readonly outWeight: Value;
  readonly outBias: Value | undefined;
  readonly mask: Value | undefined;
  /** 0: of query and key, 1: of padding, 2: both together. */
  readonly maskType: number | undefined;
}

/** A mask that says what is hidden, shaped to meet `[batch, heads, query, key]`. */
function hiddenMask(call: Call, mask: Value, type: number | undefined): Value {
  const { g } = call;
  const rank = rankOf(mask);
  if (type === 1 && rank === 2) return shapes.unsqueeze(g, mask, [1, 2]);
  return rank === 2 ? shapes.unsqueeze(g, mask, [0, 1]) : mask;
}

function selfAttention(call: Call, inputs: readonly [Value, Value, Value], parts: SelfAttention): Value {
  const { g } = call;
  const { heads, qkvWeight, qkvBias, outWeight, outBias } = parts;
  const width = qkvWeight.shape?.[0];
  if (typeof width !== 'number') return call.fail('a projection of unknown width');
  const [query, key, value] = inputs.map((input, i) => {
    const part = { start: (i * width) / 3, end: ((i + 1) * width) / 3 };
    const bias = qkvBias === undefined ? undefined : shapes.slice(g, qkvBias, 0, part);
    return splitHeads(g, project(g, input, shapes.slice(g, qkvWeight, 0, part), bias), heads);
  }) as [Value, Value, Value];
  const hidden = parts.mask === undefined ? undefined : hiddenMask(call, parts.mask, parts.maskType);
  const mask = hidden?.dtype === 'bool' ? unary(g, 'Not', hidden) : hidden;
  const found = attend(g, { query, key, value, mask, causal: false, scale: undefined });
  const side = shapes.transpose(g, found, [0, 2, 1, 3]);
  const joined = shapes.reshape(g, side, [...dimsOf(g, side).slice(0, 2), width / 3]);
  return project(g, joined, outWeight, outBias);
}

function nativeMultiHead(call: Call): Outcome {
  if (call.isUsed(1) && call.bool('need_weights')) return call.fail('the weights of attention');
  const result = selfAttention(call, [call.tensor('query'), call.tensor('key'), call.tensor('value')], {
    heads: call.int('num_head'),
    qkvWeight: call.tensor('qkv_weight'),
    qkvBias: call.tensor('qkv_bias'),
    outWeight: call.tensor('proj_weight'),
    outBias: call.tensor('proj_bias'),
    mask: call.tensorOr('mask'),
    maskType: call.intOr('mask_type'),
  });
  return [result, result];
}

function layerNorm(call: Call, value: Value, name: string): Value {
  const { g } = call;
  const axis = g.ints([-1]);
  const mean = g.op('ReduceMean', [value, axis], {});
  const centred = { ...binary(g, 'Sub', value, mean), shape: value.shape };
  const variance = g.op('ReduceMean', [binary(g, 'Mul', centred, centred), axis], {});
  const root = unary(g, 'Sqrt', binary(g, 'Add', variance, g.scalar(call.float('eps'), value.dtype)));
  const scaled = binary(g, 'Mul', binary(g, 'Div', centred, root), call.tensor(`norm_weight_${name}`));
  return { ...binary(g, 'Add', scaled, call.tensor(`norm_bias_${name}`)), shape: value.shape };
}

/** The fast path of `nn.TransformerEncoderLayer`. */
function encoderLayer(call: Call): Value {
  const { g } = call;
  const src = call.tensor('src');
  const first = call.bool('norm_first');
  const attend_ = (x: Value): Value =>
    selfAttention(call, [x, x, x], {
      heads: call.int('num_heads'),
      qkvWeight: call.tensor('qkv_weight'),
      qkvBias: call.tensor('qkv_bias'),
      outWeight: call.tensor('proj_weight'),
      outBias: call.tensor('proj_bias'),
      mask: call.tensorOr('mask'),
      maskType: call.intOr('mask_type'),
    });
  const feed = (x: Value): Value => {
    const inner = project(g, x, call.tensor('ffn_weight_1'), call.tensor('ffn_bias_1'));
    const active = call.bool('use_gelu')
      ? binary(g, 'Mul', binary(g, 'Mul', inner, g.scalar(0.5, x.dtype)), erfPlusOne(g, inner))
      : unary(g, 'Relu', inner);
    return project(g, { ...active, shape: inner.shape }, call.tensor('ffn_weight_2'), call.tensor('ffn_bias_2'));
  };
  const add = (a: Value, b: Value): Value => ({ ...binary(g, 'Add', a, b), shape: a.shape });
  if (first) {
    const x = add(src, attend_(layerNorm(call, src, '1')));
    return add(x, feed(layerNorm(call, x, '2')));
  }
  const x = layerNorm(call, add(src, attend_(src)), '1');
  return layerNorm(call, add(x, feed(x)), '2');
}

function erfPlusOne(g: GraphBuilder, value: Value): Value {
  const erf = unary(g, 'Erf', binary(g, 'Mul', value, g.scalar(Math.SQRT1_2, value.dtype)));
  return binary(g, 'Add', erf, g.scalar(1, value.dtype));
}

/** Attention. */
export const attentions: OperatorFamily = {
  scaled_dot_product_attention: attention,
  _scaled_dot_product_flash_attention_for_cpu: kernel('attn_mask'),
  _scaled_dot_product_flash_attention: kernel('attn_mask'),
  _scaled_dot_product_efficient_attention: kernel('attn_bias'),
  _scaled_dot_product_attention_math: kernel('attn_mask'),
  _native_multi_head_attention: nativeMultiHead,
  _transformer_encoder_layer_fwd: encoderLayer,
};
