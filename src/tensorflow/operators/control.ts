import type { GraphBuilder } from '../../onnx/builder/graph-builder.ts';
import { writeConditional } from '../conditional.ts';
import { writeLoop } from '../loop.ts';
import type { OpCall } from '../op-call.ts';
import type { NodeResults } from '../scope.ts';
import type { ControlOperator } from '../translation.ts';
import { type TfValue, UNKNOWN } from '../tf-value.ts';

/** A function of the library, inlined. */
const partitioned: ControlOperator = (call) => call.scope.function(call.attrs.functionName('f'), call.inputs);

const conditional: ControlOperator = (call) => {
  const [condition = UNKNOWN, ...args] = call.inputs;
  const branch =
    (attr: string) =>
    (g: GraphBuilder): readonly TfValue[] =>
      call.scope.function(call.attrs.functionName(attr), args, g);
  return writeConditional(call, condition, [branch('then_branch'), branch('else_branch')]);
};

const loop: ControlOperator = (call) => {
  const [condition, body] = [call.attrs.functionName('cond'), call.attrs.functionName('body')];
  return writeLoop(call, {
    initial: call.inputs,
    condition: (state, g) => call.scope.function(condition, state, g)[0] ?? UNKNOWN,
    body: (state, g) => call.scope.function(body, state, g),
  });
};

/** The end of a loop of TensorFlow 1; the loop is written when its first result is asked for. */
function exit(call: OpCall): TfValue {
  const { scope, node } = call;
  const frame = scope.frames.ofExit(node);
  let results = scope.loops.get(frame.name);
  if (results === undefined) {
    const count = frame.variables.length;
    const constants = frame.constants.map((enter, i): [string, NodeResults] => [
      enter.name,
      [call.inputs[count + i] ?? UNKNOWN],
    ]);
    const seeds = (state: readonly TfValue[]): Map<string, NodeResults> =>
      new Map([
        ...constants,
        ...frame.variables.flatMap(({ merge, switches }, i): [string, NodeResults][] => {
          const value = state[i] ?? UNKNOWN;
          return [
            [merge.name, [value, UNKNOWN]],
            ...switches.map((way): [string, NodeResults] => [way.name, [value, value]]),
          ];
        }),
      ]);
    results = writeLoop(call, {
      initial: call.inputs.slice(0, count),
      condition: (state, g) => scope.within(seeds(state), g).evaluate([frame.condition])[0] ?? UNKNOWN,
      body: (state, g) => scope.within(seeds(state), g).evaluate(frame.variables.map(({ next }) => next)),
    });
    scope.loops.set(frame.name, results);
  }
  const merge = scope.frames.variableOf(node);
  return results[frame.variables.findIndex((variable) => variable.merge === merge)] ?? UNKNOWN;
}

/** The end of a `cond` of TensorFlow 1: the true way, the false way and the condition, or the one way that is open. */
const merge: ControlOperator = (call) => {
  const [yes, no, condition] = call.inputs;
  if (yes === undefined) throw call.unsupported('joins ways that are all closed');
  if (no === undefined) return [yes, UNKNOWN];
  if (condition === undefined) throw call.unsupported('joins two ways without a condition that tells them apart');
  const [value = UNKNOWN] = writeConditional(call, condition, [() => [yes], () => [no]]);
  return [value, UNKNOWN];
};

const bothWays: ControlOperator = (call) => {
  const value = call.inputs[0] ?? UNKNOWN;
  return [value, value];
};

/** Operators that decide what is computed. */
export const controlOperators: Readonly<Record<string, ControlOperator>> = {
  PartitionedCall: partitioned,
  StatefulPartitionedCall: partitioned,
  If: conditional,
  StatelessIf: conditional,
  While: loop,
  StatelessWhile: loop,
  Exit: exit,
  Merge: merge,
  RefMerge: merge,
  Switch: bothWays,
  RefSwitch: bothWays,
  LoopCond: (call) => call.inputs[0] ?? UNKNOWN,
};
