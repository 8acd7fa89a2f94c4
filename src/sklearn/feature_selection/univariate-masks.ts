import type { SupportMask } from './selector.ts';

/** NaN counts as the lowest score there is. */
function cleaned(scores: Float64Array): Float64Array {
  return scores.map((score) => (Number.isNaN(score) ? -Number.MAX_VALUE : score));
}

/** The `k` highest scores, the last of equals. Source: sklearn/feature_selection/_univariate_selection.py, `SelectKBest`. */
export function kBestMask(scores: Float64Array, k: number | 'all'): SupportMask {
  if (k === 'all') return Array.from(scores, () => true);
  const clean = cleaned(scores);
  const order = Array.from(clean.keys()).sort((a, b) => (clean[a] as number) - (clean[b] as number) || a - b);
  const best = new Set(k === 0 ? [] : order.slice(-k));
  return Array.from(scores, (_, j) => best.has(j));
}

/** Scores above a percentile, and the first of those that equal it. Source: the same, `SelectPercentile`. */
export function percentileMask(scores: Float64Array, percentile: number): SupportMask {
  if (percentile === 100 || percentile === 0) return Array.from(scores, () => percentile === 100);
  const clean = cleaned(scores);
  const threshold = percentileOf(clean, 100 - percentile);
  const mask = Array.from(clean, (score) => score > threshold);
  let room = Math.trunc((scores.length * percentile) / 100) - mask.filter(Boolean).length;
  // A negative number of ties to keep leaves out as many from the end, as a Python slice does.
  if (room < 0) room += clean.filter((score) => score === threshold).length;
  for (const [j, score] of clean.entries()) {
    if (score === threshold && room > 0) {
      mask[j] = true;
      room -= 1;
    }
  }
  return mask;
}

/** `numpy.percentile` with linear interpolation. */
function percentileOf(values: Float64Array, q: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = (q / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.min(Math.floor(at) + 1, sorted.length - 1)] as number;
  const t = at - Math.floor(at);
  return t >= 0.5 ? high - (high - low) * (1 - t) : low + (high - low) * t;
}

/** P-values below `alpha`. Source: the same, `SelectFpr`. */
export function fprMask(pValues: Float64Array, alpha: number): SupportMask {
  return Array.from(pValues, (p) => p < alpha);
}

/** P-values below `alpha` over the number of features. Source: the same, `SelectFwe`. */
export function fweMask(pValues: Float64Array, alpha: number): SupportMask {
  return fprMask(pValues, alpha / pValues.length);
}

/** The procedure of Benjamini and Hochberg. Source: the same, `SelectFdr`. */
export function fdrMask(pValues: Float64Array, alpha: number): SupportMask {
  const sorted = Float64Array.from(pValues).sort();
  let limit: number | undefined;
  for (const [i, p] of sorted.entries()) if (p <= (alpha / sorted.length) * (i + 1)) limit = p;
  return Array.from(pValues, (p) => limit !== undefined && p <= limit);
}
