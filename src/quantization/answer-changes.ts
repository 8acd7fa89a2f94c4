import { isTensor } from '../data/rows.ts';
import type { AnswerChange } from './quantize-options.ts';

/** What differs between two models' answers to the same question, one entry per method or output. */
export function changesOf(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): readonly AnswerChange[] {
  return Array.from(before, ([answer, value]) => changeOf(answer, flat(value), flat(after.get(answer))));
}

interface Flat {
  readonly values: ArrayLike<unknown>;
  /** Values per row. */
  readonly width: number;
  /** Whether numbers are quantities; integers and texts are labels. */
  readonly quantities: boolean;
}

function changeOf(answer: string, before: Flat, after: Flat): AnswerChange {
  if (before.values.length !== after.values.length) return { answer, change: Number.NaN, row: 0, labels: 0 };
  if (!before.quantities) {
    let labels = 0;
    for (let i = 0; i < before.values.length; i++) if (!Object.is(before.values[i], after.values[i])) labels += 1;
    return { answer, change: 0, row: 0, labels };
  }
  let largest = 1;
  for (let i = 0; i < before.values.length; i++) {
    const magnitude = Math.abs(before.values[i] as number);
    if (magnitude > largest && magnitude < Number.POSITIVE_INFINITY) largest = magnitude;
  }
  let change = 0;
  let row = 0;
  for (let i = 0; i < before.values.length; i++) {
    const [a, b] = [before.values[i] as number, after.values[i] as number];
    const difference = Object.is(a, b) || a === b ? 0 : Math.abs(a - b) / largest;
    if (difference <= change) continue;
    change = difference;
    row = Math.floor(i / before.width);
    if (Number.isNaN(difference)) break;
  }
  return { answer, change, row, labels: 0 };
}

/** One tensor, an array of them, or an array with one answer per row. */
function flat(value: unknown): Flat {
  if (isTensor(value)) {
    const { data, shape, dtype } = value;
    return { values: data, width: data.length / (shape[0] || 1), quantities: dtype.startsWith('float') };
  }
  const rows = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (isTensor(rows[0])) {
    const parts = rows.map(flat);
    return {
      values: parts.flatMap(({ values }) => Array.from(values)),
      width: parts[0]?.width ?? 1,
      quantities: parts.every(({ quantities }) => quantities),
    };
  }
  const values = rows.flat(Number.POSITIVE_INFINITY);
  const quantities = values.some((one) => typeof one === 'number' && !Number.isInteger(one));
  return { values, width: values.length / (rows.length || 1), quantities };
}
