import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/** Of two points, each a stretch of an array from a place on. */
export type PointFunction = (a: Float64Array, at: number, b: Float64Array, bt: number) => number;

/** A metric for points of `size` values. */
export type MetricOfSize = (size: number) => Metric;

/**
 * A distance between points. The reduced distance orders points in the same way and is cheaper: the squared one of the
 * Euclidean distance, for instance.
 *
 * Source: sklearn/metrics/_dist_metrics.pyx.
 */
export interface Metric {
  readonly reduced: PointFunction;
  readonly toDistance: (reduced: number) => number;
  readonly toReduced: (distance: number) => number;
  /** The exponent of the Minkowski distances, `Infinity` for Chebyshev's. */
  readonly p?: number;
}

const same = (value: number): number => value;
const square = (value: number): number => value * value;

/** A metric whose reduced distance is the distance. */
const plain = (reduced: PointFunction): Metric => ({ reduced, toDistance: same, toReduced: same });

const euclidean: MetricOfSize = (size) => ({
  p: 2,
  toDistance: Math.sqrt,
  toReduced: square,
  reduced(a, at, b, bt) {
    let sum = 0;
    for (let j = 0; j < size; j++) {
      const difference = (a[at + j] as number) - (b[bt + j] as number);
      sum += difference * difference;
    }
    return sum;
  },
});

const sqeuclidean: MetricOfSize = (size) => plain(euclidean(size).reduced);

const manhattan: MetricOfSize = (size) => ({
  ...plain((a, at, b, bt) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += Math.abs((a[at + j] as number) - (b[bt + j] as number));
    return sum;
  }),
  p: 1,
});

const chebyshev: MetricOfSize = (size) => ({
  ...plain((a, at, b, bt) => {
    let largest = 0;
    for (let j = 0; j < size; j++) largest = Math.max(largest, Math.abs((a[at + j] as number) - (b[bt + j] as number)));
    return largest;
  }),
  p: Number.POSITIVE_INFINITY,
});

const canberra: MetricOfSize = (size) =>
  plain((a, at, b, bt) => {
    let sum = 0;
    for (let j = 0; j < size; j++) {
      const x = a[at + j] as number;
      const y = b[bt + j] as number;
      const total = Math.abs(x) + Math.abs(y);
      if (total > 0) sum += Math.abs(x - y) / total;
    }
    return sum;
  });

const braycurtis: MetricOfSize = (size) =>
  plain((a, at, b, bt) => {
    let difference = 0;
    let total = 0;
    for (let j = 0; j < size; j++) {
      const x = a[at + j] as number;
      const y = b[bt + j] as number;
      difference += Math.abs(x - y);
      total += Math.abs(x) + Math.abs(y);
    }
    return total > 0 ? difference / total : 0;
  });

const hamming: MetricOfSize = (size) =>
  plain((a, at, b, bt) => {
    let unequal = 0;
    for (let j = 0; j < size; j++) if (a[at + j] !== b[bt + j]) unequal += 1;
    return unequal / size;
  });

const haversine: MetricOfSize = () => ({
  toDistance: (reduced) => 2 * Math.asin(Math.sqrt(reduced)),
  toReduced: (distance) => square(Math.sin(0.5 * distance)),
  reduced(a, at, b, bt) {
    const [x0, y0] = [a[at] as number, b[bt] as number];
    const first = Math.sin(0.5 * (x0 - y0));
    const second = Math.sin(0.5 * ((a[at + 1] as number) - (b[bt + 1] as number)));
    return first * first + Math.cos(x0) * Math.cos(y0) * second * second;
  },
});

/** A metric of two sets of features: from how many both have, and how many just one has. */
function ofSets(f: (both: number, one: number, size: number) => number): MetricOfSize {
  return (size) =>
    plain((a, at, b, bt) => {
      let both = 0;
      let one = 0;
      for (let j = 0; j < size; j++) {
        const x = a[at + j] !== 0;
        const y = b[bt + j] !== 0;
        if (x && y) both += 1;
        else if (x !== y) one += 1;
      }
      return f(both, one, size);
    });
}

const METRICS: ReadonlyMap<string, MetricOfSize> = new Map([
  ['euclidean', euclidean],
  ['l2', euclidean],
  ['sqeuclidean', sqeuclidean],
  ['manhattan', manhattan],
  ['cityblock', manhattan],
  ['l1', manhattan],
  ['chebyshev', chebyshev],
  ['infinity', chebyshev],
  ['canberra', canberra],
  ['braycurtis', braycurtis],
  ['hamming', hamming],
  ['haversine', haversine],
  ['jaccard', ofSets((both, one) => (both + one === 0 ? 0 : one / (both + one)))],
  ['matching', ofSets((_, one, size) => one / size)],
  ['dice', ofSets((both, one) => one / (2 * both + one))],
  ['rogerstanimoto', ofSets((_, one, size) => (2 * one) / (size + one))],
  ['russellrao', ofSets((both, _, size) => (size - both) / size)],
  ['sokalmichener', ofSets((_, one, size) => (2 * one) / (size + one))],
  ['sokalsneath', ofSets((both, one) => one / (0.5 * both + one))],
]);

/**
 * The metric of a name with its parameters.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for precomputed distances, functions of the project and metrics not in the table
 */
export function metricOf(state: EstimatorState, name: string, parameters: ReadonlyMap<string, PyValue>): MetricOfSize {
  const known = METRICS.get(name);
  if (known !== undefined) {
    if (parameters.has('w')) throw state.unsupported(`metric="${name}" with weights`);
    return known;
  }
  switch (name) {
    case 'minkowski':
    case 'p':
    case 'wminkowski':
      return minkowski(numbersIn(parameters.get('p'))?.[0] ?? 2, numbersIn(parameters.get('w')));
    case 'seuclidean': {
      const variances = numbersIn(parameters.get('V'));
      if (variances === undefined) throw state.unsupported('metric="seuclidean" without V');
      return seuclidean(variances);
    }
    case 'mahalanobis': {
      const inverse = numbersIn(parameters.get('VI'));
      if (inverse === undefined) throw state.unsupported('metric="mahalanobis" without VI');
      return mahalanobis(inverse);
    }
    default:
      throw state.unsupported(`metric="${name}"`, { metric: name });
  }
}

function minkowski(p: number, weights: Float64Array | undefined): MetricOfSize {
  if (weights === undefined) {
    if (p === 1) return manhattan;
    if (p === 2) return euclidean;
    if (p === Number.POSITIVE_INFINITY) return chebyshev;
  }
  return (size) => ({
    p,
    toDistance: (reduced) => reduced ** (1 / p),
    toReduced: (distance) => distance ** p,
    reduced(a, at, b, bt) {
      let sum = 0;
      for (let j = 0; j < size; j++)
        sum += (weights?.[j] ?? 1) * Math.abs((a[at + j] as number) - (b[bt + j] as number)) ** p;
      return sum;
    },
  });
}

function seuclidean(variances: Float64Array): MetricOfSize {
  return (size) => ({
    toDistance: Math.sqrt,
    toReduced: square,
    reduced(a, at, b, bt) {
      let sum = 0;
      for (let j = 0; j < size; j++)
        sum += square((a[at + j] as number) - (b[bt + j] as number)) / (variances[j] as number);
      return sum;
    },
  });
}

function mahalanobis(inverse: Float64Array): MetricOfSize {
  return (size) => ({
    toDistance: Math.sqrt,
    toReduced: square,
    reduced(a, at, b, bt) {
      let sum = 0;
      for (let i = 0; i < size; i++) {
        let product = 0;
        for (let j = 0; j < size; j++)
          product += (inverse[i * size + j] as number) * ((a[at + j] as number) - (b[bt + j] as number));
        sum += product * ((a[at + i] as number) - (b[bt + i] as number));
      }
      return sum;
    },
  });
}

/** A number or an array of numbers of a metric's parameters. */
function numbersIn(value: PyValue | undefined): Float64Array | undefined {
  if (value instanceof NdArray) return value.toFloat64Array();
  if (typeof value === 'number') return Float64Array.of(value);
  if (!isNode(value)) return undefined;
  if (value.kind === 'float') return Float64Array.of(value.value);
  return value.kind === 'scalar' && typeof value.value === 'number' ? Float64Array.of(value.value) : undefined;
}
