import type { Label, ValueInfo } from '../../spec/model.ts';
import type { SwapDifference } from '../../spec/swap.ts';
import type { Signature } from './signature.ts';

type Tell = (what: SwapDifference['what'], before: string, after: string) => void;

/**
 * What the callers of one version may rely on and another, that is to answer them too, does not keep: the one rule for
 * swaps and routes. What the first does not say of itself is not counted, nor is what the other has besides: another
 * method, or feature names where there were none. A method counts whether or not anybody has called it so far.
 */
export function compareSignatures(before: Signature, after: Signature, path: readonly string[] = []): SwapDifference[] {
  const found: SwapDifference[] = [];
  const part = path.join('.');
  const tell: Tell = (what, was, is) => found.push({ what, part, before: was, after: is });
  if (before.task !== 'unknown' && after.task !== 'unknown' && before.task !== after.task)
    tell('task', before.task, after.task);
  const lost = before.methods.filter((method) => !after.methods.includes(method));
  if (lost.length > 0) tell('methods', list(before.methods), list(after.methods));
  if (before.featureNames !== undefined && !sameList(before.featureNames, after.featureNames))
    tell('featureNames', list(before.featureNames), list(after.featureNames));
  if (before.classes !== undefined && !sameList(before.classes, after.classes))
    tell('classes', list(before.classes), list(after.classes));
  compareInputs(before, after, tell);
  compareOutputs(before, after, tell);
  const names = [...before.parts.keys()];
  if (names.some((name) => !after.parts.has(name))) tell('parts', list(names), list([...after.parts.keys()]));
  for (const [name, one] of before.parts) {
    const other = after.parts.get(name);
    if (other !== undefined) found.push(...compareSignatures(one, other, [...path, name]));
  }
  return found;
}

/** Names and types count where tensors are fed by name; else the number of columns, and where text goes. */
function compareInputs(before: Signature, after: Signature, tell: Tell): void {
  const byName = fedByName(before, after);
  const columns = [columnsOf(before.inputs), columnsOf(after.inputs)] as const;
  const fit = before.inputs.every((input) => {
    const other = after.inputs.find(({ name }) => name === input.name);
    if (other === undefined) return !byName;
    // Numbers of rows are cast to what an input takes; text is not.
    return (byName ? sameType(input, other) : sameKind(input, other)) && takes(input.shape, other.shape);
  });
  const [[only, ...others], [another, ...more]] = [before.inputs, after.inputs];
  const renamed = only !== undefined && another !== undefined && others.length === 0 && more.length === 0;
  const sameText = !renamed || sameKind(only, another);
  const asked = byName && after.inputs.some(({ name }) => !before.inputs.some((input) => input.name === name));
  const width = columns[0] !== undefined && columns[1] !== undefined && columns[0] !== columns[1];
  if (!fit || !sameText || asked || width) tell('inputs', values(before.inputs), values(after.inputs));
}

function compareOutputs(before: Signature, after: Signature, tell: Tell): void {
  const byName = fedByName(before, after);
  const fit = before.outputs.every((output) => {
    const other = after.outputs.find(({ name }) => name === output.name);
    return other === undefined ? !byName : sameType(output, other) && sameShape(output.shape, other.shape);
  });
  const [was, is] = [valuesPerRow(before), valuesPerRow(after)];
  if (!fit || (was !== undefined && is !== undefined && was !== is))
    tell('outputs', values(before.outputs), values(after.outputs));
}

function fedByName(before: Signature, after: Signature): boolean {
  return before.methods.includes('run') && after.methods.includes('run');
}

/** The columns of a row over all inputs, where every input is a matrix that says its width. */
function columnsOf(inputs: readonly ValueInfo[]): number | undefined {
  let columns = 0;
  for (const { shape } of inputs) {
    const [, width] = shape;
    if (shape.length !== 2 || typeof width !== 'number') return undefined;
    columns += width;
  }
  return inputs.length === 0 ? undefined : columns;
}

/** How many values `predict` gives for a row, where a model without classes says so. */
function valuesPerRow({ classes, outputs }: Signature): number | undefined {
  const [output] = outputs;
  if (classes !== undefined || output === undefined || outputs.length > 1) return undefined;
  return output.shape
    .slice(1)
    .reduce<number | undefined>(
      (all, extent) => (all === undefined || typeof extent !== 'number' ? undefined : all * extent),
      1,
    );
}

/** Whether both take text, or neither does. */
function sameKind(one: ValueInfo, other: ValueInfo): boolean {
  if (one.dtype === undefined || other.dtype === undefined) return true;
  return (one.dtype === 'string') === (other.dtype === 'string');
}

function sameType(one: ValueInfo, other: ValueInfo): boolean {
  return one.dtype === undefined || other.dtype === undefined || one.dtype === other.dtype;
}

function sameShape(one: ValueInfo['shape'], other: ValueInfo['shape']): boolean {
  return (
    one.length === other.length &&
    one.every((extent, i) => typeof extent !== 'number' || typeof other[i] !== 'number' || extent === other[i])
  );
}

/** Whether what fitted one shape fits the other: a number of rows that was free may not be fixed now. */
function takes(before: ValueInfo['shape'], after: ValueInfo['shape']): boolean {
  return sameShape(before, after) && !(typeof before[0] !== 'number' && typeof after[0] === 'number');
}

function sameList(one: readonly Label[], other: readonly Label[] | undefined): boolean {
  return one.length === other?.length && one.every((value, i) => sameLabel(value, other[i]));
}

/** Whole numbers may come as numbers or bigints, by the format. */
function sameLabel(one: Label, other: Label | undefined): boolean {
  if (typeof one === 'bigint' || typeof other === 'bigint') return String(one) === String(other);
  return one === other;
}

const MAX_LISTED = 20;

function list(values: readonly Label[] | undefined): string {
  if (values === undefined) return 'none';
  const shown = values.slice(0, MAX_LISTED).map(String);
  const more = values.length - shown.length;
  return `[${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}]`;
}

function values(all: readonly ValueInfo[]): string {
  const shown = all.slice(0, MAX_LISTED).map(({ name, dtype = '', shape }) => {
    return `${name} ${dtype}[${shape.map((extent) => extent ?? '?').join(', ')}]`;
  });
  const more = all.length - shown.length;
  return shown.length === 0 ? 'none' : `${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
