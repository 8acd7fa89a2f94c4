import type { Dataset } from '../../data/dataset.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import { isNode, PyObject } from '../../formats/pickle/nodes.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { logGammaHalves } from './log-gamma-halves.ts';
import { metricOf } from './metric.ts';
import { readTree } from './tree-search.ts';

const { PI } = Math;

/** Logarithm of a kernel at a distance, in bandwidths; it is 0 at distance 0. */
const LOG_KERNELS: ReadonlyMap<string, (t: number) => number> = new Map([
  ['gaussian', (t: number) => -0.5 * t * t],
  ['tophat', (t: number) => (t < 1 ? 0 : Number.NEGATIVE_INFINITY)],
  ['epanechnikov', (t: number) => (t < 1 ? Math.log(1 - t * t) : Number.NEGATIVE_INFINITY)],
  ['exponential', (t: number) => -t],
  ['linear', (t: number) => (t < 1 ? Math.log(1 - t) : Number.NEGATIVE_INFINITY)],
  ['cosine', (t: number) => (t < 1 ? Math.log(Math.cos(0.5 * PI * t)) : Number.NEGATIVE_INFINITY)],
]);

/**
 * `scoreSamples`: the logarithm of the density, summed over every training point. scikit-learn may stop earlier, within
 * `atol` and `rtol`, both 0 unless set.
 *
 * Source: sklearn/neighbors/_kde.py; sklearn/neighbors/_binary_tree.pxi, `kernel_density`.
 */
export function kernelDensity(state: EstimatorState): Estimator {
  const node = state.get('tree_');
  if (!(node instanceof PyObject)) throw state.unsupported('a file without a tree');
  const tree = readTree(state, node);
  const metric = metricOf(state, state.string('metric'), new Map())(tree.cols);
  const name = state.string('kernel');
  const kernel = LOG_KERNELS.get(name);
  if (kernel === undefined) throw state.unsupported(`kernel="${name}"`);
  const bandwidth = state.number(state.has('bandwidth_') ? 'bandwidth_' : 'bandwidth');
  const { rows, cols, data } = tree;
  const weights = weightsOf(node, rows);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const logWeights = weights.map(Math.log);
  const constant = logNorm(name, cols, bandwidth) - Math.log(total);
  return {
    className: state.className,
    task: 'unknown',
    width: cols,
    featureNames: state.featureNames,
    scoreSamples(x: Dataset): Float64Array {
      const points = finiteInput(x, cols, state.className);
      const logs = new Float64Array(rows);
      return Float64Array.from({ length: points.rows }, (_, i) => {
        for (let k = 0; k < rows; k++) {
          const distance = metric.toDistance(metric.reduced(points.data, i * cols, data, k * cols));
          logs[k] = (logWeights[k] as number) + kernel(distance / bandwidth);
        }
        return logSum(logs) + constant;
      });
    },
  };
}

/** Sample weights are the last part of a tree's state, where it has them. */
function weightsOf(node: PyObject, rows: number): Float64Array {
  const last = isNode(node.state) && node.state.kind === 'tuple' ? node.state.items.at(-1) : undefined;
  return last instanceof NdArray && last.ndim === 1 && last.size === rows
    ? last.toFloat64Array()
    : new Float64Array(rows).fill(1);
}

function logSum(logs: Float64Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (const value of logs) max = Math.max(max, value);
  if (max === Number.NEGATIVE_INFINITY) return max;
  let sum = 0;
  for (const value of logs) sum += Math.exp(value - max);
  return max + Math.log(sum);
}

/** Logarithm of what makes the kernel integrate to 1 in `d` dimensions. */
function logNorm(kernel: string, d: number, bandwidth: number): number {
  // Volume of the unit ball in n dimensions, surface of the unit sphere around n + 1.
  const logVolume = (n: number): number => 0.5 * n * Math.log(PI) - logGammaHalves(n + 2);
  const logSurface = (n: number): number => Math.log(2 * PI) + logVolume(n - 1);
  const factors = new Map([
    ['gaussian', () => 0.5 * d * Math.log(2 * PI)],
    ['tophat', () => logVolume(d)],
    ['epanechnikov', () => logVolume(d) + Math.log(2 / (d + 2))],
    ['exponential', () => logSurface(d - 1) + logGammaHalves(2 * d)],
    ['linear', () => logVolume(d) - Math.log(d + 1)],
    ['cosine', () => logSurface(d - 1) + Math.log(cosineFactor(d))],
  ]);
  return -(factors.get(kernel)?.() ?? 0) - d * Math.log(bandwidth);
}

function cosineFactor(d: number): number {
  let factor = 0;
  let term = 2 / PI;
  for (let k = 1; k <= d; k += 2) {
    factor += term;
    term *= -(d - k) * (d - k - 1) * (2 / PI) ** 2;
  }
  return factor;
}
