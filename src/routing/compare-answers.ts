import { isTensor } from '../data/rows.ts';

/** How two answers to one call differ. */
export interface AnswerDifference {
  readonly differs: boolean;
  /** The largest difference of two finite numbers in the same place. */
  readonly maxAbsDiff: number;
}

/**
 * Compares two answers of one method: labels must be equal, numbers within `tolerance`, tensors of one shape. A bigint
 * and a number of the same value are equal, and so are two NaN.
 */
export function compareAnswers(a: unknown, b: unknown, tolerance: number): AnswerDifference {
  let differs = false;
  let maxAbsDiff = 0;
  const numbers = (x: number, y: number): void => {
    const difference = Math.abs(x - y);
    if (Number.isFinite(difference) && difference > maxAbsDiff) maxAbsDiff = difference;
    if (!Object.is(x, y) && !(difference <= tolerance)) differs = true;
  };
  const lists = (x: ArrayLike<unknown>, y: ArrayLike<unknown>): void => {
    if (x.length !== y.length) differs = true;
    else for (let i = 0; i < x.length; i++) compare(x[i], y[i]);
  };
  const compare = (x: unknown, y: unknown): void => {
    if (isNumeric(x) && isNumeric(y)) numbers(Number(x), Number(y));
    else if (isTensor(x) && isTensor(y)) {
      if (x.shape.join() !== y.shape.join()) differs = true;
      else lists(x.data, y.data);
    } else if (isList(x) && isList(y)) lists(x, y);
    else if (isObject(x) && isObject(y)) {
      const [names, others] = [Object.keys(x).sort(), Object.keys(y).sort()];
      if (names.join('\0') !== others.join('\0')) differs = true;
      else for (const name of names) compare(x[name], y[name]);
    } else if (!Object.is(x, y)) differs = true;
  };
  compare(a, b);
  return { differs, maxAbsDiff };
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
