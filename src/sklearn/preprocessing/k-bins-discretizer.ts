import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { toCsr } from '../../data/stack-columns.ts';
import { InputError } from '../../errors/input-error.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { argmax } from '../base/labels.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { vectorIn } from '../base/vector-in.ts';

interface Bins {
  readonly edges: Float64Array;
  readonly count: number;
  /** The first output column of a one-hot encoding. */
  readonly start: number;
}

/**
 * Each value as the number of its bin, the right edge belonging to the next one; as it is or one-hot.
 * Before 1.1 values were moved up a little first, so that rounding did not put them below their edge.
 *
 * Source: sklearn/preprocessing/_discretization.py, `KBinsDiscretizer`.
 *
 * @throws `ML_INPUT_MISSING_VALUE` for NaN, `ML_INPUT_DTYPE` for infinities
 */
export function kBinsDiscretizer(state: EstimatorState): Estimator {
  const encode = state.string('encode');
  if (!['ordinal', 'onehot', 'onehot-dense'].includes(encode)) throw state.unsupported(`encode="${encode}"`);
  const bins = binsOf(state);
  const find = atLeast(state.version, 1, 1) || state.version === undefined ? searchBin : digitizeBin;
  const { className } = state;
  const total = bins.reduce((sum, { count }) => sum + count, 0);

  const ordinal = (x: DenseMatrix): DenseMatrix => {
    const out = new DenseMatrix(x.rows, x.cols);
    for (let at = 0; at < x.data.length; at++) {
      out.data[at] = find(x.data[at] as number, bins[at % x.cols] as Bins);
    }
    return out;
  };

  const oneHot = (codes: DenseMatrix): DenseMatrix => {
    const out = new DenseMatrix(codes.rows, total);
    for (let at = 0; at < codes.data.length; at++) {
      const { start } = bins[at % codes.cols] as Bins;
      out.data[Math.floor(at / codes.cols) * total + start + (codes.data[at] as number)] = 1;
    }
    return out;
  };

  return {
    className,
    task: 'transformation',
    width: bins.length,
    featureNames: state.featureNames,
    transform(x): Dataset {
      const codes = ordinal(finiteInput(x, bins.length, className));
      if (encode === 'ordinal') return codes;
      return encode === 'onehot' ? toCsr(oneHot(codes)) : oneHot(codes);
    },
    inverseTransform(x): Dataset {
      checkWidth(x, encode === 'ordinal' ? bins.length : total, className);
      return centres(toDense(x), bins, encode !== 'ordinal');
    },
  };
}

function binsOf(state: EstimatorState): Bins[] {
  let start = 0;
  const counts = state.ints('n_bins_');
  return state.items('bin_edges_').map((item, j) => {
    const edges = vectorIn(state, item, `bin_edges_[${j}]`);
    const count = counts[j] as number;
    if (edges.length !== count + 1)
      throw state.unsupported(`bin_edges_[${j}] of ${edges.length} values for ${count} bins`);
    start += count;
    return { edges, count, start: start - count };
  });
}

/** How many of the inner edges are at or below a value. */
function searchBin(value: number, { edges }: Bins): number {
  let low = 1;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < (edges[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

function digitizeBin(value: number, { edges, count }: Bins): number {
  const moved = value + (1e-8 + 1e-5 * Math.abs(value));
  let bin = 0;
  for (let k = 1; k < edges.length; k++) if ((edges[k] as number) <= moved) bin = k;
  return Math.min(bin, count - 1);
}

function centres(x: DenseMatrix, bins: readonly Bins[], oneHot: boolean): DenseMatrix {
  const out = new DenseMatrix(x.rows, bins.length);
  for (let i = 0; i < x.rows; i++) {
    for (const [j, { edges, count, start }] of bins.entries()) {
      const bin = oneHot ? argmax(x.data, i * x.cols + start, count) : Math.trunc(x.data[i * x.cols + j] as number);
      if (!(bin >= 0 && bin < count)) {
        throw new InputError('ML_INPUT_DTYPE', `row ${i}, column ${j}: ${bin} is no bin; bins are 0 to ${count - 1}`, {
          details: { row: i, column: j },
        });
      }
      out.data[i * bins.length + j] = ((edges[bin + 1] as number) + (edges[bin] as number)) * 0.5;
    }
  }
  return out;
}
