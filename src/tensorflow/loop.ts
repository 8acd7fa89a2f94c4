import { FormatError } from '../errors/format-error.ts';
import type { GraphBuilder, Value } from '../onnx/builder/graph-builder.ts';
import { stackedItems } from './list-tensors.ts';
import type { OpCall } from './op-call.ts';
import { common, sameShape } from './shapes.ts';
import { padScan } from './scan-output.ts';
import { TfList } from './tf-list.ts';
import { type Shape, TfTensor } from './tf-tensor.ts';
import { type TfValue, UNKNOWN } from './tf-value.ts';

/** `while condition(state): state = body(state)`. */
export interface LoopCode {
  readonly initial: readonly TfValue[];
  readonly condition: (state: readonly TfValue[], g: GraphBuilder) => TfValue;
  readonly body: (state: readonly TfValue[], g: GraphBuilder) => readonly TfValue[];
}

/**
 * How one value of the state is carried: `fixed` is the same in every turn; `scan` and `last` are lists
 * that the body only writes to, one element per turn or always the first.
 */
type Carried =
  | { readonly as: 'fixed' }
  | { readonly as: 'tensor'; readonly shape: Shape }
  | { readonly as: 'list' }
  | { readonly as: 'scan' }
  | { readonly as: 'last' };

/** Types settle after a few rounds; each round fixes or widens at least one value. */
const MAX_ROUNDS = 64;

/**
 * Writes a loop as ONNX Loop. The body is translated a few times on trial, until it is known which
 * values change, of what shape they are, and which lists only collect results (those become scan
 * outputs, as a recurrent layer's).
 */
export function writeLoop(call: OpCall, code: LoopCode): readonly TfValue[] {
  const { initial } = code;
  const untranslated = initial.map(() => UNKNOWN);
  if (initial.some((value) => value.kind === 'unknown')) {
    // For the obstacles inside.
    trial(
      call,
      code,
      initial.map((): Carried => ({ as: 'fixed' })),
    );
    return untranslated;
  }
  const condition = code.condition(initial, call.g);
  if (condition.kind !== 'tensor') return untranslated;
  if (condition.content?.[0] === false) return initial;
  const plan = settle(call, code);
  return plan === undefined ? untranslated : write(call, code, { plan, condition });
}

function settle(call: OpCall, code: LoopCode): readonly Carried[] | undefined {
  let plan = code.initial.map((value): Carried => {
    if (value.kind === 'tensor') return { as: 'tensor', shape: value.shape };
    return value.kind === 'list' ? { as: 'list' } : { as: 'fixed' };
  });
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { state, next } = trial(call, code, plan);
    if (next.length !== plan.length) {
      throw new FormatError(
        'ML_FORMAT_MALFORMED',
        `the loop ${JSON.stringify(call.node.name)} changes its state's size`,
      );
    }
    if (next.some((value) => value.kind === 'unknown')) return undefined;
    const before = plan;
    plan = before.map((carried, i) => refined(call, carried, { state, next, i, code }));
    if (plan.every((carried, i) => same(carried, before[i]))) return plan;
  }
  throw call.unsupported('is a loop whose shapes do not settle');
}

interface Turn {
  readonly state: readonly TfValue[];
  readonly next: readonly TfValue[];
}

function refined(
  call: OpCall,
  carried: Carried,
  { state, next, i, code }: Turn & { readonly i: number; readonly code: LoopCode },
): Carried {
  const [before, after] = [state[i], next[i]];
  if (carried.as === 'fixed') {
    if (before !== after) throw call.unsupported('is a loop that changes a handle');
    return carried;
  }
  if (before === after) return { as: 'fixed' };
  if (carried.as === 'tensor') {
    if (after?.kind !== 'tensor' || before?.kind !== 'tensor' || after.dtype !== before.dtype) {
      throw call.unsupported('is a loop that changes the type of a value');
    }
    return { as: 'tensor', shape: common(carried.shape, after.shape) };
  }
  if (before?.kind !== 'list' || after?.kind !== 'list')
    throw call.unsupported('is a loop that changes a list into something else');
  const { written } = after;
  if (carried.as !== 'list' || before.seen || written === undefined || written.list !== before) return carried;
  const initial = code.initial[i] as TfList;
  if (initial.stacked !== undefined || initial.written !== undefined) return carried;
  if (isCounter(written.index, { state, next, code })) return { as: 'scan' };
  const single = before.type.length.numbers?.[0] === 1 && written.index.numbers?.[0] === 0;
  return single ? { as: 'last' } : carried;
}

/** Whether an index is the number of the turn: a value of the state that starts at 0 and grows by 1. */
function isCounter(index: TfTensor, { state, next, code }: Turn & { readonly code: LoopCode }): boolean {
  const at = state.indexOf(index);
  const [start, after] = [code.initial[at], next[at]];
  if (start?.kind !== 'tensor' || after?.kind !== 'tensor') return false;
  return start.numbers?.[0] === 0 && after.sumOf?.base === index && after.sumOf.added === 1;
}

function same(a: Carried, b: Carried | undefined): boolean {
  if (a.as !== b?.as) return false;
  return a.as !== 'tensor' || b.as !== 'tensor' || sameShape(a.shape, b.shape);
}

/** One translation of the body into a graph that is thrown away. */
function trial(call: OpCall, code: LoopCode, plan: readonly Carried[]): Turn {
  let turn: Turn | undefined;
  call.g.subgraph('trial', (inner) => {
    const { state } = enter({ code, plan, inner });
    const next = code.body(state, inner);
    code.condition(next, inner);
    turn = { state, next };
  });
  return turn as unknown as Turn;
}

interface Entering {
  readonly code: LoopCode;
  readonly plan: readonly Carried[];
  readonly inner: GraphBuilder;
}

/** The state as the body sees it; values that change are inputs of the body's graph. */
function enter({ code, plan, inner }: Entering): { state: readonly TfValue[]; inputs: readonly Value[] } {
  const inputs: Value[] = [];
  const input = (dtype: TfTensor['dtype'], shape: Shape): TfTensor => {
    const value = inner.input('state', { dtype, shape });
    inputs.push(value);
    return TfTensor.of(value);
  };
  const state = plan.map((carried, i): TfValue => {
    const initial = code.initial[i] as TfValue;
    if (carried.as === 'tensor' && initial.kind === 'tensor') return input(initial.dtype, carried.shape);
    if (initial.kind !== 'list' || carried.as === 'fixed') return initial;
    const { type } = initial;
    if (carried.as === 'scan') return new TfList(type);
    if (carried.as === 'last') {
      input(type.dtype, undefined);
      return new TfList(type);
    }
    const extent = type.length.content?.[0];
    const length = typeof extent === 'boolean' || extent === undefined ? null : extent;
    const shape = type.element === undefined ? undefined : [length, ...type.element];
    return new TfList(type, { stacked: input(type.dtype, shape) });
  });
  return { state, inputs };
}

function write(
  call: OpCall,
  code: LoopCode,
  { plan, condition }: { readonly plan: readonly Carried[]; readonly condition: TfTensor },
): readonly TfValue[] {
  const { g } = call;
  let turn: Turn | undefined;
  const body = g.subgraph('loop', (inner) => {
    inner.input('turn', { dtype: 'int64', shape: [] });
    inner.input('go_on', { dtype: 'bool', shape: [] });
    const { state } = enter({ code, plan, inner });
    const next = code.body(state, inner);
    const goOn = code.condition(next, inner);
    if (goOn.kind !== 'tensor') throw call.unsupported('is a loop without a condition');
    inner.output(goOn.value, 'go_on_next');
    for (const carried of [false, true]) {
      plan.forEach((how, i) => {
        const value = carriedOut(next[i] as TfValue, how, { inner, scans: carried });
        if (value !== undefined) inner.output({ ...value, shape: undefined }, 'next');
      });
    }
    turn = { state, next };
  });
  const { next } = turn as unknown as Turn;
  const states = plan.flatMap((how, i) => start(call, code.initial[i] as TfValue, how) ?? []);
  const types = [...plan.keys()].filter((i) => !['fixed', 'scan'].includes(plan[i]?.as ?? ''));
  const scans = [...plan.keys()].filter((i) => plan[i]?.as === 'scan');
  const outputs = g.node('Loop', {
    inputs: [undefined, condition.value, ...states],
    attributes: { body },
    outputs: [...types, ...scans].map((i) => typeOut(plan[i] as Carried, next[i] as TfValue)),
  });
  const byPosition = new Map([...types, ...scans].map((i, at) => [i, TfTensor.of(outputs[at] as Value)]));
  return plan.map((how, i): TfValue => {
    const initial = code.initial[i] as TfValue;
    const result = byPosition.get(i);
    if (result === undefined || initial.kind !== 'list') return result ?? initial;
    return new TfList(initial.type, { stacked: how.as === 'scan' ? padScan(call, result, initial.type) : result });
  });
}

/** What the body hands on: states first, then the elements of scans. */
function carriedOut(
  value: TfValue,
  how: Carried,
  { inner, scans }: { readonly inner: GraphBuilder; readonly scans: boolean },
): Value | undefined {
  if (how.as === 'fixed' || (how.as === 'scan') !== scans) return undefined;
  if (value.kind === 'tensor') return value.value;
  if (value.kind !== 'list') return undefined;
  if (how.as === 'list') return stackedItems(value, inner).value;
  const { item } = value.written as NonNullable<TfList['written']>;
  if (how.as === 'scan') return item.value;
  return inner.op('Unsqueeze', [item.value, inner.ints([0])], {}, { dtype: item.dtype });
}

function typeOut(how: Carried, value: TfValue): { dtype: TfTensor['dtype']; shape: Shape } {
  if (value.kind === 'tensor') return { dtype: value.dtype, shape: how.as === 'tensor' ? how.shape : undefined };
  const list = value as TfList;
  const item = list.written?.item.shape ?? list.type.element;
  const shape = item === undefined ? undefined : [how.as === 'last' ? 1 : null, ...item];
  return { dtype: list.type.dtype, shape: shape };
}

/** The state before the first turn. */
function start(call: OpCall, initial: TfValue, how: Carried): Value | undefined {
  if (how.as === 'fixed' || how.as === 'scan') return undefined;
  if (initial.kind === 'tensor') return initial.value;
  const list = initial as TfList;
  if (how.as === 'list') return stackedItems(list, call.g).value;
  // Never read: the first turn replaces it.
  const element = list.type.element ?? [];
  const shape = [1, ...element.map((extent) => (typeof extent === 'number' ? extent : 0))];
  return call.known(
    list.type.dtype,
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (list.type.dtype === 'bool' ? false : 0)),
  ).value;
}
