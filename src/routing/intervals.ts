import type { Estimate } from '../spec/routing.ts';
import type { Quantiles } from './quantiles.ts';
import type { RunningMean } from './running-mean.ts';

/** Successes (or failures) among so many tries. */
export interface Proportion {
  readonly hits: number;
  readonly tries: number;
}

/** A proportion with Wilson's score interval; `undefined` without a try. */
export function proportion({ hits, tries }: Proportion, quantiles: Quantiles): Estimate | undefined {
  if (tries === 0) return undefined;
  const { low, high } = wilson({ hits, tries }, quantiles.normal);
  return { value: hits / tries, low, high };
}

/** One proportion less another, with Newcombe's interval (1998, method 10), built from Wilson's of each. */
export function proportionDifference(a: Proportion, b: Proportion, quantiles: Quantiles): Estimate | undefined {
  if (a.tries === 0 || b.tries === 0) return undefined;
  const [pa, pb] = [a.hits / a.tries, b.hits / b.tries];
  const [wa, wb] = [wilson(a, quantiles.normal), wilson(b, quantiles.normal)];
  const value = pa - pb;
  return {
    value,
    low: value - Math.hypot(pa - wa.low, wb.high - pb),
    high: value + Math.hypot(wa.high - pa, pb - wb.low),
  };
}

/** A mean with Student's interval; `undefined` without a number, no interval with one. */
export function mean(numbers: RunningMean, quantiles: Quantiles): Estimate | undefined {
  if (numbers.count === 0) return undefined;
  if (numbers.count === 1) return { value: numbers.mean, low: undefined, high: undefined };
  const half = quantiles.student(numbers.count - 1) * Math.sqrt(numbers.variance / numbers.count);
  return { value: numbers.mean, low: numbers.mean - half, high: numbers.mean + half };
}

/** One mean less another, with Welch's interval: the variances need not be equal. */
export function meanDifference(a: RunningMean, b: RunningMean, quantiles: Quantiles): Estimate | undefined {
  if (a.count === 0 || b.count === 0) return undefined;
  const value = a.mean - b.mean;
  if (a.count === 1 || b.count === 1) return { value, low: undefined, high: undefined };
  const [ea, eb] = [a.variance / a.count, b.variance / b.count];
  const error = ea + eb;
  if (error === 0) return { value, low: value, high: value };
  const freedom = error ** 2 / (ea ** 2 / (a.count - 1) + eb ** 2 / (b.count - 1));
  const half = quantiles.student(freedom) * Math.sqrt(error);
  return { value, low: value - half, high: value + half };
}

function wilson({ hits, tries }: Proportion, z: number): { readonly low: number; readonly high: number } {
  const p = hits / tries;
  const square = z * z;
  const centre = (p + square / (2 * tries)) / (1 + square / tries);
  const half = (z / (1 + square / tries)) * Math.sqrt((p * (1 - p)) / tries + square / (4 * tries * tries));
  // At the ends the interval touches 0 or 1, which rounding must not miss.
  return { low: hits === 0 ? 0 : centre - half, high: hits === tries ? 1 : centre + half };
}
