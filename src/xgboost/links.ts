import { argmax } from '../sklearn/base/labels.ts';
import type { Link } from './objectives.ts';

const { exp, fround, min } = Math;

/** Keeps `exp` finite in float32. */
const MAX_EXPONENT = 88.7;
const EPSILON = fround(1e-16);

/**
 * Margins `[rows, outputs]` as predictions, in float32, step for step as XGBoost computes them. `class` gives one
 * value per row, every other link as many as there are margins. The margins stay as they are.
 *
 * Source: src/common/math.h, `Sigmoid`, `Softmax`.
 */
export function applyLink(margins: Float32Array, outputs: number, link: Link): Float32Array {
  switch (link) {
    case 'identity':
      return margins;
    case 'sigmoid':
      return margins.map(sigmoid);
    case 'exp':
      return margins.map((margin) => exp(margin));
    case 'step':
      return margins.map((margin) => (margin > 0 ? 1 : 0));
    case 'softmax':
      return softmax(margins, outputs);
    case 'class':
      return Float32Array.from({ length: margins.length / outputs }, (_, row) =>
        argmax(margins, row * outputs, outputs),
      );
    default:
      return link satisfies never;
  }
}

function sigmoid(margin: number): number {
  const denominator = fround(fround(exp(min(-margin, MAX_EXPONENT))) + 1);
  return fround(1 / fround(denominator + EPSILON));
}

/** The sum is a double, rounded to float32 before it divides. */
export function softmax(margins: Float32Array, outputs: number): Float32Array {
  const out = new Float32Array(margins.length);
  for (let start = 0; start < margins.length; start += outputs) {
    let largest = margins[start] as number;
    for (let k = 1; k < outputs; k++) largest = Math.max(largest, margins[start + k] as number);
    let sum = 0;
    for (let k = 0; k < outputs; k++) {
      const power = fround(exp(fround((margins[start + k] as number) - largest)));
      out[start + k] = power;
      sum += power;
    }
    const divisor = fround(sum);
    for (let k = 0; k < outputs; k++) out[start + k] = (out[start + k] as number) / divisor;
  }
  return out;
}
