import { int, text } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call } from './call.ts';
import { binary, cast, unary, where, compare } from './emit/arithmetic.ts';
import { nonNegative } from './emit/index-guard.ts';
import { dimOf } from './emit/numbers.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily, Outcome } from './operator.ts';

const { dimVector, sizeOf, unsqueeze } = shapes;

function embedding(call: Call): Value {
  const weight = call.tensor('weight');
  const indices = nonNegative(call.g, call.tensor('indices'));
  const shape = indices.shape && [...indices.shape, weight.shape?.[1] ?? null];
  return call.g.op('Gather', [weight, indices], { axis: int(0) }, { shape });
}

/**
 * The bag of each index: offsets say where bags begin. Each beginning is counted at its place, the
 * running sum less one is the bag; empty bags count twice at one place.
 */
function bagOf(g: GraphBuilder, offsets: Value, length: Value): Value {
  const one = g.scalar(1, 'int64');
  const room = unsqueeze(g, binary(g, 'Add', length, one), [0]);
  const zeros = g.op('Expand', [g.scalar(0, 'int64'), room], {}, { shape: [null] });
  const starts = binary(g, 'Add', binary(g, 'Mul', offsets, g.scalar(0, 'int64')), one);
  const counted = g.op(
    'ScatterElements',
    [zeros, offsets, starts],
    { axis: int(0), reduction: text('add') },
    { shape: [null] },
  );
  const running = g.op('CumSum', [counted, g.scalar(0, 'int64')], {}, { shape: [null] });
  const bags = g.op('Slice', [running, g.ints([0]), unsqueeze(g, length, [0]), g.ints([0])], {}, { shape: [null] });
  return binary(g, 'Sub', bags, one);
}

const MODES = ['sum', 'mean', 'max'] as const;

/** Rows of a table, put together by bags: their sum, mean or largest elements. */
function embeddingBag(call: Call): Outcome {
  const { g } = call;
  const weight = call.tensor('weight');
  const indices = nonNegative(g, call.tensor('indices'));
  const given = cast(g, call.tensor('offsets'), 'int64');
  const mode = MODES[call.int('mode')] ?? call.fail('an unknown mode of embedding bags');
  const { dtype } = weight;
  const whole = call.has('include_last_offset') && call.bool('include_last_offset');
  const offsets = whole ? shapes.slice(g, given, 0, { start: 0, end: -1 }) : given;
  const length = shapes.dimScalar(g, sizeOf(g, indices, 0));
  const bags = unsqueeze(g, bagOf(g, offsets, length), [1]);
  const width = weight.shape?.[1] ?? null;
  let rows = g.op('Gather', [weight, indices], { axis: int(0) }, { shape: [null, width] });
  const weights = call.tensorOr('per_sample_weights');
  if (weights !== undefined) rows = binary(g, 'Mul', rows, unsqueeze(g, weights, [1]));
  const padding = call.has('padding_idx') ? call.int('padding_idx') : -1;
  const kept = padding < 0 ? undefined : keptOf(call, indices, padding);
  const count = sizeOf(g, offsets, 0);
  const size = dimVector(g, [count, sizeOf(g, weight, 1)]);
  const shape = [shapes.extentOf(count), width];
  const scatter = (updates: Value, start: number, reduction: string, extents: Value): Value => {
    const target = g.op('Expand', [g.scalar(start, dtype), extents], {}, { shape });
    return g.op('ScatterND', [target, bags, updates], { reduction: text(reduction) }, { shape });
  };
  const result = mode === 'max' ? largest(rows) : summed(rows);
  const none = g.constant({ data: new BigInt64Array(0), shape: [0], dtype: 'int64' });
  return [result, none, none, none];

  function largest(all: Value): Value {
    const low = g.scalar(Number.NEGATIVE_INFINITY, dtype);
    const updates = kept === undefined ? all : where(g, kept, all, low);
    const found = scatter(updates, Number.NEGATIVE_INFINITY, 'max', size);
    return { ...where(g, compare(g, 'Equal', found, low), g.scalar(0, dtype), found), shape };
  }

  function summed(all: Value): Value {
    const updates = kept === undefined ? all : where(g, kept, all, g.scalar(0, dtype));
    const sum = scatter(updates, 0, 'add', size);
    if (mode === 'sum') return sum;
    const column = dimVector(g, [count, 1]);
    const ones = g.op(
      'Expand',
      [g.scalar(1, dtype), dimVector(g, [dimOf(g, 'add', sizeOf(g, indices, 0), 0), 1])],
      {},
      { shape: [null, 1] },
    );
    const counted = scatter(kept === undefined ? ones : cast(g, kept, dtype), 0, 'add', column);
    const divisor = g.op('Max', [counted, g.scalar(1, dtype)], {}, { shape: [shape[0] ?? null, 1] });
    return { ...binary(g, 'Div', sum, divisor), shape };
  }
}

function keptOf(call: Call, indices: Value, padding: number): Value {
  const { g } = call;
  const isPadding = compare(g, 'Equal', indices, g.scalar(padding, 'int64'));
  return unsqueeze(g, unary(g, 'Not', isPadding), [1]);
}

/** Rows of tables. */
export const embeddings: OperatorFamily = {
  embedding,
  embedding_bag: embeddingBag,
  _embedding_bag: embeddingBag,
  _embedding_bag_forward_only: embeddingBag,
};
