import type { NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import { Attributes } from './attributes.ts';
import { controlInputs, dataInputs, type GraphBody } from './graph-body.ts';
import type { Translation } from './translation.ts';

/** Which way each condition must have gone for a node to run: condition (`node:index`) to way. */
type Branches = ReadonlyMap<string, boolean>;

const NONE: Branches = new Map();
const MEMO = new WeakMap<GraphBody, Map<string, Branches>>();

/**
 * The edges that a `Merge` (the end of a TensorFlow 1 `cond`) depends on: the way that is taken, where the
 * condition is a constant, as the learning phase of a frozen graph is; else both ways and the condition.
 */
export function mergeInputs(node: NodeDef, body: GraphBody, translation: Translation): readonly string[] {
  const refs = dataInputs(node);
  const ways = refs.map((ref) => branchesOf(ref, body));
  const open = refs.filter((_, i) =>
    Array.from(ways[i] ?? NONE).every(([condition, way]) => {
      const known = constantCondition(condition, body, translation);
      return known === undefined || known === way;
    }),
  );
  if (open.length !== 2) return open;
  const decided = deciding(open.map((ref) => branchesOf(ref, body)));
  return decided === undefined
    ? open
    : decided.way
      ? [...open, decided.condition]
      : [...open.toReversed(), decided.condition];
}

/** The condition by which two ways differ, and the way that the first one needs. */
function deciding([first = NONE, second = NONE]: readonly Branches[]): { condition: string; way: boolean } | undefined {
  for (const [condition, way] of Array.from(first).toReversed()) {
    if (second.get(condition) === !way) return { condition, way };
  }
  // A constant hangs on its branch by a control edge only, or not at all.
  const alone = [...first].find(([condition]) => !second.has(condition));
  if (alone !== undefined) return { condition: alone[0], way: alone[1] };
  const other = [...second].find(([condition]) => !first.has(condition));
  return other === undefined ? undefined : { condition: other[0], way: !other[1] };
}

/** What must hold for the value of an edge to exist. */
function branchesOf(ref: string, body: GraphBody): Branches {
  const { node, index } = body.resolve(ref);
  if (node === undefined) return NONE;
  const before = nodeBranches(node, body);
  return node.op === 'Switch' ? withWay(before, { node, index, body }) : before;
}

function withWay(
  before: Branches,
  { node, index, body }: { readonly node: NodeDef; readonly index: number; readonly body: GraphBody },
): Branches {
  const condition = dataInputs(node)[1];
  return condition === undefined ? before : new Map([...before, [origin(condition, body), index === 1]]);
}

/** What must hold for a node to run; without recursion, since graphs are long. */
function nodeBranches(target: NodeDef, body: GraphBody): Branches {
  let memo = MEMO.get(body);
  if (memo === undefined) {
    memo = new Map();
    MEMO.set(body, memo);
  }
  const known = memo;
  const stack = [target];
  const open = new Set<string>();
  while (stack.length > 0) {
    const node = stack.at(-1) as NodeDef;
    const refs = readsOf(node, body);
    const missing = refs.flatMap((ref) => body.resolve(ref).node ?? []).filter(({ name }) => !known.has(name));
    if (known.has(node.name) || missing.length === 0 || open.has(node.name)) {
      stack.pop();
      if (!known.has(node.name)) known.set(node.name, joined(node, refs, { body, known }));
      continue;
    }
    open.add(node.name);
    stack.push(...missing.filter(({ name }) => !open.has(name)));
  }
  return known.get(target.name) ?? NONE;
}

function joined(
  node: NodeDef,
  refs: readonly string[],
  { body, known }: { readonly body: GraphBody; readonly known: ReadonlyMap<string, Branches> },
): Branches {
  const each = refs.map((ref): Branches => {
    const source = body.resolve(ref);
    if (source.node === undefined) return NONE;
    const before = known.get(source.node.name) ?? NONE;
    return source.node.op === 'Switch' ? withWay(before, { ...source, node: source.node, body }) : before;
  });
  if (node.op === 'Merge') {
    const [first = NONE, ...rest] = each;
    return new Map([...first].filter(([condition, way]) => rest.every((other) => other.get(condition) === way)));
  }
  return each.every((branches) => branches.size === 0) ? NONE : new Map(each.flatMap((branches) => [...branches]));
}

/** Edges back from a node, control edges included; a loop is entered by its `Enter` only. */
function readsOf(node: NodeDef, body: GraphBody): readonly string[] {
  const refs = [...dataInputs(node), ...controlInputs(node)];
  return refs.filter((ref) => body.resolve(ref).node?.op !== 'NextIteration');
}

/** The edge that a value comes from, through nodes that only hand it on. */
function origin(ref: string, body: GraphBody): string {
  let { node, index } = body.resolve(ref);
  for (let steps = 0; node?.op === 'Identity' && steps < body.nodes.size; steps++) {
    const before = dataInputs(node)[0];
    if (before === undefined) break;
    ({ node, index } = body.resolve(before));
  }
  return node === undefined ? ref : `${node.name}:${index}`;
}

/** The value of a condition that no caller can change. */
function constantCondition(condition: string, body: GraphBody, translation: Translation): boolean | undefined {
  const { node } = body.resolve(condition);
  if (node === undefined || translation.fed.has(node.name)) return undefined;
  if (node.op === 'Const') {
    const [value] = Array.from(new Attributes(node, translation.context).tensor('value').data as ArrayLike<unknown>);
    return Boolean(value);
  }
  const [input] = dataInputs(node);
  if (input === undefined) return undefined;
  if (node.op === 'PlaceholderWithDefault') return constantCondition(origin(input, body), body, translation);
  if (node.op !== 'LogicalNot') return undefined;
  const inverse = constantCondition(origin(input, body), body, translation);
  return inverse === undefined ? undefined : !inverse;
}
