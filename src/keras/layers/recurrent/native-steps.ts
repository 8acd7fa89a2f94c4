import { int, floats, ints, text, texts } from '../../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../../graph/arithmetic.ts';
import { extentOf } from '../../graph/reshape.ts';
import type { NativeRecurrence } from './recurrent-cell.ts';
import { flipped, outputMask, type Recurred, type Recurrence } from './recurrence.ts';

/** Runs a cell by one of ONNX's recurrent operators. */
export function runNative(g: GraphBuilder, cell: NativeRecurrence, recurrence: Recurrence): Recurred {
  const { mask } = recurrence;
  return mask === undefined ? runWhole(g, cell, recurrence) : runMasked(g, cell, recurrence, mask);
}

function runWhole(g: GraphBuilder, cell: NativeRecurrence, recurrence: Recurrence): Recurred {
  const { input, initial, backwards, sequences } = recurrence;
  const { outputs, states } = operator(g, cell, { input, initial, backwards, sequences });
  if (outputs === undefined) return { output: states[0] as Value, states };
  return { output: backwards ? flipped(g, outputs) : outputs, states };
}

/**
 * A masked step leaves everything as it was, so that the recurrence is one over the steps that
 * count: they are moved to the front, and every step gets the output of the last one that counted.
 */
function runMasked(g: GraphBuilder, cell: NativeRecurrence, recurrence: Recurrence, given: Value): Recurred {
  const { initial, backwards, sequences, zeroOutput, dtype } = recurrence;
  const input = backwards ? flipped(g, recurrence.input) : recurrence.input;
  const mask = backwards ? flipped(g, given) : given;
  const m = new Arithmetic(g, dtype);
  const whole = new Arithmetic(g, 'int64');
  const ones = g.op('Cast', [mask], { to: int(7) }, { dtype: 'int64' });
  const counts = g.op('CumSum', [ones, g.scalar(1, 'int64')]);
  const total = g.op('ReduceSum', [ones, g.ints([1])], { keepdims: int(0) });
  const lengths = g.op('Cast', [total], { to: int(6) }, { dtype: 'int32' });
  const before = whole.sub(counts, 1);
  const order = compacted(g, { mask, before });
  const { outputs, states } = operator(g, cell, {
    input: atSteps(g, input, order),
    initial,
    lengths,
    backwards: false,
    sequences,
  });
  const any = g.op('Unsqueeze', [whole.compare('Greater', total, 0), g.ints([1])]);
  const kept = states.map((state, i) => m.where(any, state, initial?.[i] ?? 0));
  if (outputs === undefined) {
    const last = m.where(any, states[0] as Value, 0);
    if (!zeroOutput) return { output: last, states: kept };
    const counted = g.op('Slice', [mask, g.ints([-1]), g.ints([2n ** 62n]), g.ints([1])], {}, { dtype: 'bool' });
    return { output: m.where(counted, last, 0), states: kept };
  }
  const found = atSteps(g, outputs, whole.op('Max', [before, 0]));
  const shown = zeroOutput ? (outputMask(g, recurrence) ?? mask) : undefined;
  const started = whole.compare('Greater', counts, 0);
  const wide = (value: Value): Value => g.op('Unsqueeze', [value, g.ints([2])]);
  const output = m.where(wide(started), found, 0);
  return { output: shown === undefined ? output : m.where(wide(shown), output, 0), states: kept };
}

/** `[batch, time]`: the steps that count, in order, then anything. */
function compacted(g: GraphBuilder, { mask, before }: { readonly mask: Value; readonly before: Value }): Value {
  const steps = extentOf(g, mask, 1);
  const one = g.ints([1]);
  const wide = g.op('Concat', [extentOf(g, mask, 0), g.op('Add', [steps, one])], { axis: int(0) });
  const empty = g.op('Expand', [g.scalar(0, 'int64'), wide], {}, { dtype: 'int64' });
  const scalar = g.op('Squeeze', [steps, g.ints([0])]);
  const range = g.op('Range', [g.scalar(0, 'int64'), scalar, g.scalar(1, 'int64')], {}, { dtype: 'int64' });
  const numbers = g.op('Expand', [range, g.op('Shape', [mask], {}, { dtype: 'int64' })]);
  // Steps that do not count go to a place behind the others, which is cut off.
  const target = g.op('Where', [mask, before, steps], {}, { dtype: 'int64' });
  const placed = g.op('ScatterElements', [empty, target, numbers], { axis: int(1) });
  return g.op('Slice', [placed, g.ints([0]), g.ints([-1]), one]);
}

/** The steps of each row that are listed for it. */
function atSteps(g: GraphBuilder, value: Value, steps: Value): Value {
  const indices = g.op('Unsqueeze', [steps, g.ints([2])]);
  return g.op('GatherND', [value, indices], { batch_dims: int(1) });
}

interface OperatorCall {
  readonly input: Value;
  readonly initial: readonly Value[] | undefined;
  readonly lengths?: Value;
  readonly backwards: boolean;
  readonly sequences: boolean;
}

/** The operator itself: outputs `[batch, time, units]` in the order of the input, and the final states. */
function operator(
  g: GraphBuilder,
  cell: NativeRecurrence,
  { input, initial, lengths, backwards, sequences }: OperatorCall,
): { readonly outputs: Value | undefined; readonly states: readonly Value[] } {
  const { op, units, kernel, recurrent, bias, activations, resetAfter } = cell;
  const { dtype } = input;
  const known = { dtype, shape: undefined };
  const starts = initial?.map((state) => g.op('Unsqueeze', [state, g.ints([0])])) ?? [];
  const numbers = (key: 'alpha' | 'beta'): readonly number[] =>
    activations.flatMap(({ [key]: value }) => (value === undefined ? [] : [value]));
  const [alpha, beta] = [numbers('alpha'), numbers('beta')];
  const [sequence, ...finals] = g.node(op, {
    inputs: [
      g.op('Transpose', [input], { perm: ints([1, 0, 2]) }),
      g.constant(kernel, 'kernel'),
      g.constant(recurrent, 'recurrent_kernel'),
      bias === undefined ? undefined : g.constant(bias, 'bias'),
      lengths,
      ...starts,
    ],
    attributes: {
      hidden_size: int(units),
      direction: text(backwards ? 'reverse' : 'forward'),
      activations: texts(activations.map(({ name }) => name)),
      ...(alpha.length === 0 ? {} : { activation_alpha: floats(alpha) }),
      ...(beta.length === 0 ? {} : { activation_beta: floats(beta) }),
      ...(op === 'GRU' ? { linear_before_reset: int(resetAfter === true ? 1 : 0) } : {}),
    },
    outputs: [sequences ? known : undefined, known, ...(op === 'LSTM' ? [known] : [])],
  });
  const states = finals.map((state) => g.op('Squeeze', [state, g.ints([0])]));
  if (!sequences) return { outputs: undefined, states };
  const flat = g.op('Squeeze', [sequence, g.ints([1])]);
  return { outputs: g.op('Transpose', [flat], { perm: ints([1, 0, 2]) }), states };
}
