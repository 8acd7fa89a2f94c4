import type { ModelInfo, ModelMethod, ValueInfo } from '../spec/model.ts';

/** What of a model matters to those who call it. */
export interface ModelFace {
  readonly info: ModelInfo;
  readonly methods: readonly ModelMethod[];
  /** Names of the objects in a file that holds several. */
  readonly parts: readonly string[];
}

const MAX_SHOWN = 200;

/**
 * In what a model differs from the one that callers know, as sentences; none where callers cannot tell them apart but by
 * the answers. What either model does not say is no difference, and names of inputs only count where there are several.
 */
export function modelDifferences(known: ModelFace, other: ModelFace): string[] {
  const differences: string[] = [];
  const compare = (what: string, a: unknown, b: unknown): void => {
    if (a === undefined || b === undefined) return;
    const [before, after] = [show(a), show(b)];
    if (before !== after) differences.push(`${what}: ${shorten(before)} against ${shorten(after)}`);
  };
  const [a, b] = [known.info, other.info];
  if (a.task !== 'unknown' && b.task !== 'unknown') compare('task', a.task, b.task);
  compare('classes', a.classes, b.classes);
  compare('features', a.featureNames, b.featureNames);
  compare('number of features', widthOf(a), widthOf(b));
  if (a.inputs.length > 0 && b.inputs.length > 0) {
    if (a.inputs.length > 1 || b.inputs.length > 1) compare('inputs', namesOf(a.inputs), namesOf(b.inputs));
    // Numbers are cast to what an input needs; text is not.
    compare('text inputs', textOf(a.inputs), textOf(b.inputs));
  }
  compare('values per row', outputWidth(a), outputWidth(b));
  const missing = known.methods.filter((method) => method !== 'run' && !other.methods.includes(method));
  if (missing.length > 0) differences.push(`methods: it has no ${missing.join(', ')}`);
  const lost = known.parts.filter((part) => !other.parts.includes(part));
  if (lost.length > 0) differences.push(`parts: it has no ${shorten(lost.join(', '))}`);
  return differences;
}

/** Features of a row, where they come as one matrix. */
function widthOf({ inputs, featureNames }: ModelInfo): number | undefined {
  if (featureNames !== undefined) return featureNames.length;
  const [input] = inputs;
  const width = inputs.length === 1 && input?.shape.length === 2 ? input.shape[1] : undefined;
  return typeof width === 'number' ? width : undefined;
}

/** What `predict` gives for a row, where a model without classes says it. */
function outputWidth({ classes, outputs }: ModelInfo): number | undefined {
  if (classes !== undefined || outputs.length !== 1) return undefined;
  const shape = outputs[0]?.shape ?? [];
  const widths = shape.slice(1);
  return widths.every((width) => typeof width === 'number') ? widths.reduce((all, width) => all * width, 1) : undefined;
}

function namesOf(values: readonly ValueInfo[]): string[] {
  return values.map(({ name }) => name).sort();
}

function textOf(values: readonly ValueInfo[]): string[] | undefined {
  if (values.some(({ dtype }) => dtype === undefined)) return undefined;
  return values.length === 1
    ? values.filter(({ dtype }) => dtype === 'string').map(() => 'text')
    : namesOf(values.filter(({ dtype }) => dtype === 'string'));
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one));
}

function shorten(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}...`;
}
