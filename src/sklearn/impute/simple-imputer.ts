import { CsrMatrix, type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { stackColumns, stackSparse } from '../../data/stack-columns.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Label } from '../../spec/model.ts';
import { columnValues } from '../base/categories.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { labelFrame } from '../preprocessing/label-frame.ts';
import { missingMask } from './missing-indicator.ts';
import { type MissingTest, missingTest } from './missing-value.ts';

/** What an imputer that fills each column with one value knows. */
interface Filling {
  readonly missing: MissingTest;
  /** The value for each input column. */
  readonly values: readonly Label[];
  /** Input columns that come out; those without any value in training do not. */
  readonly kept: Int32Array;
  /** Whether columns may hold text. */
  readonly mixed: boolean;
}

/**
 * Missing values replaced by the mean, median, most frequent or constant value of their column;
 * columns that had none are dropped unless `keep_empty_features` says otherwise.
 *
 * Source: sklearn/impute/_base.py, `SimpleImputer.transform`.
 */
export function simpleImputer(state: EstimatorState): Estimator {
  const values = state.labels('statistics_');
  const missing = missingTest(state);
  // Before 1.8 a constant filled empty columns too.
  const keepsAll =
    state.booleanOr('keep_empty_features', false) ||
    (state.optionalString('strategy') === 'constant' && !atLeast(state.version, 1, 8));
  const kept = Int32Array.from(values.flatMap((value, j) => (keepsAll || !Number.isNaN(value) ? [j] : [])));
  const indicated = indicatedFeatures(state);
  const { className } = state;
  // Means and medians are of numbers; text there is an error.
  const mixed = !['mean', 'median'].includes(state.optionalString('strategy') ?? '');
  const fill = filler({ missing, values, kept, mixed }, className);
  return {
    className,
    task: 'transformation',
    width: values.length,
    featureNames: state.featureNames,
    transform(x): Dataset {
      checkWidth(x, values.length, className);
      const filled = fill(x);
      if (indicated === undefined) return filled;
      const parts = [filled, missingMask(x, indicated, missing)];
      return filled.kind === 'csr' ? stackSparse(parts, x.rows) : stackColumns(parts, x.rows);
    },
  };
}

/** Features whose absence is told in columns of its own, where `add_indicator` asks for it. */
export function indicatedFeatures(state: EstimatorState): Int32Array | undefined {
  return state.booleanOr('add_indicator', false) ? state.part('indicator_').ints('features_') : undefined;
}

function filler(filling: Filling, className: string): (x: Dataset) => Dataset {
  const { values, missing, mixed } = filling;
  const numbers = values.every((value) => typeof value === 'number')
    ? Float64Array.from(values as number[])
    : undefined;
  return (x) => {
    if (x.kind === 'csr') {
      if (numbers !== undefined && (missing.empty || (missing.number ?? 0) !== 0)) return fillCsr(x, numbers, filling);
      throw new InputError(
        'ML_INPUT_INVALID',
        `${className} cannot fill sparse data, in which its missing value is all there is`,
      );
    }
    const text = mixed && x.kind === 'frame' && x.objects.some((column) => column !== undefined);
    return numbers === undefined || text ? fillMixed(x, filling) : fillNumbers(toDense(x), numbers, filling);
  };
}

function fillNumbers(x: DenseMatrix, values: Float64Array, { missing, kept }: Filling): DenseMatrix {
  const out = new DenseMatrix(x.rows, kept.length);
  for (let i = 0, at = 0; i < x.rows; i++) {
    for (const j of kept) {
      const value = x.data[i * x.cols + j] as number;
      out.data[at++] = missing(value) ? (values[j] as number) : value;
    }
  }
  return out;
}

function fillMixed(x: Dataset, { missing, values, kept }: Filling): Dataset {
  return labelFrame(
    Array.from(kept, (j) => Array.from(columnValues(x, j), (value) => (missing(value) ? values[j] : value) as Label)),
    x.rows,
    x.kind === 'frame' ? x.names?.filter((_, j) => kept.includes(j)) : undefined,
  );
}

function fillCsr(x: CsrMatrix, values: Float64Array, { missing, kept }: Filling): CsrMatrix {
  const place = new Int32Array(x.cols).fill(-1);
  kept.forEach((j, k) => {
    place[j] = k;
  });
  const indptr = new Int32Array(x.rows + 1);
  const indices = new Int32Array(x.data.length);
  const data = new Float64Array(x.data.length);
  let to = 0;
  for (let i = 0; i < x.rows; i++) {
    for (let at = x.indptr[i] as number; at < (x.indptr[i + 1] as number); at++) {
      const j = x.indices[at] as number;
      if ((place[j] as number) < 0) continue;
      const value = x.data[at] as number;
      indices[to] = place[j] as number;
      data[to++] = missing(value) ? (values[j] as number) : value;
    }
    indptr[i + 1] = to;
  }
  return new CsrMatrix([x.rows, kept.length], { indptr, indices: indices.subarray(0, to), data: data.subarray(0, to) });
}

/** The Imputer of scikit-learn 0.19 to 0.21, which could also fill along rows. */
export function legacyImputer(state: EstimatorState): Estimator {
  if (state.number('axis') !== 0) throw state.unsupported('axis=1, which fills along rows,');
  return simpleImputer(state);
}
