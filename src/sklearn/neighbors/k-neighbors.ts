import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import { classTask } from '../base/class-task.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { neighborSearch } from './neighbor-search.ts';
import { eachNeighbors } from './query-points.ts';
import { type ClassTargets, classTargets, numericTargets } from './targets.ts';
import { weighOf } from './weights.ts';

/**
 * The most frequent class of the nearest training points, the first of equals.
 *
 * Source: sklearn/neighbors/_classification.py, `KNeighborsClassifier`.
 */
export function kNeighborsClassifier(state: EstimatorState): Estimator {
  const search = neighborSearch(state);
  const targets = classTargets(state, search.count);
  const weigh = weighOf(state);
  const each = eachNeighbors(state, search, state.number('n_neighbors'));
  const sums = (x: Dataset): DenseMatrix[] => {
    const out = targets.classes.map(({ length }) => new DenseMatrix(x.rows, length));
    each(x, (row, { indices, distances }) => addWeights(out, row, { indices, weights: weigh(distances), targets }));
    return out;
  };
  return votingClassifier(state, { width: search.width, targets, sums });
}

/** Adds the weight of each neighbour to its class, for each output. */
export function addWeights(
  out: readonly DenseMatrix[],
  row: number,
  {
    indices,
    weights,
    targets,
  }: { readonly indices: ArrayLike<number>; readonly weights: Float64Array; readonly targets: ClassTargets },
): void {
  for (const [k, { cols, data }] of out.entries()) {
    for (let n = 0; n < indices.length; n++) {
      const at = row * cols + (targets.values[(indices[n] as number) * targets.outputs + k] as number);
      data[at] = (data[at] as number) + (weights[n] as number);
    }
  }
}

/** A classifier from the weight of each class, one matrix per output; `labelOf` decides about a row without any. */
export function votingClassifier(
  state: EstimatorState,
  parts: {
    readonly width: number;
    readonly targets: ClassTargets;
    readonly sums: (x: Dataset) => DenseMatrix[];
    readonly outlierLabels?: readonly Label[] | undefined;
  },
): Estimator {
  const { width, targets, sums, outlierLabels } = parts;
  const [first = []] = targets.classes;
  const label = (votes: DenseMatrix, row: number, k: number): Label => {
    const { cols, data } = votes;
    const start = row * cols;
    const outlier = outlierLabels?.[k];
    if (outlier !== undefined && data.subarray(start, start + cols).every((value) => value === 0)) return outlier;
    return (targets.classes[k] as readonly Label[])[argmax(data, start, cols)] as Label;
  };
  return {
    className: state.className,
    task: targets.nested ? 'multilabel-classification' : classTask(first),
    width,
    featureNames: state.featureNames,
    ...(!targets.nested && { classes: first }),
    predict(x): Prediction[] {
      const votes = sums(x);
      return Array.from({ length: x.rows }, (_, i) => {
        const labels = votes.map((of, k) => label(of, i, k));
        return (targets.nested ? labels : labels[0]) as Prediction;
      });
    },
    predictProba(x) {
      const shares = sums(x).map(normalized);
      return targets.nested ? shares : (shares[0] as DenseMatrix);
    },
  };
}

/** Divides each row by its sum, in place; rows of zeros stay. */
function normalized(m: DenseMatrix): DenseMatrix {
  for (let i = 0; i < m.rows; i++) {
    const row = m.data.subarray(i * m.cols, (i + 1) * m.cols);
    let sum = 0;
    for (const value of row) sum += value;
    if (sum === 0) continue;
    for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) / sum;
  }
  return m;
}

/**
 * The mean of the targets of the nearest training points.
 *
 * Source: sklearn/neighbors/_regression.py, `KNeighborsRegressor`.
 */
export function kNeighborsRegressor(state: EstimatorState): Estimator {
  const search = neighborSearch(state);
  const { outputs, values, nested } = numericTargets(state, search.count);
  const weigh = weighOf(state);
  const each = eachNeighbors(state, search, state.number('n_neighbors'));
  return {
    className: state.className,
    task: 'regression',
    width: search.width,
    featureNames: state.featureNames,
    predict(x): ArrayLike<Prediction> {
      const out = new DenseMatrix(x.rows, outputs);
      each(x, (row, { indices, distances }) => meanInto(out, row, { indices, weights: weigh(distances), values }));
      return predictions(out, nested);
    },
  };
}

/** Writes the weighted mean of targets into a row; without any neighbour it is NaN. */
export function meanInto(
  out: DenseMatrix,
  row: number,
  {
    indices,
    weights,
    values,
  }: { readonly indices: ArrayLike<number>; readonly weights: Float64Array; readonly values: Float64Array },
): void {
  let total = 0;
  for (const weight of weights) total += weight;
  for (let k = 0; k < out.cols; k++) {
    let sum = 0;
    for (let n = 0; n < indices.length; n++)
      sum += (values[(indices[n] as number) * out.cols + k] as number) * (weights[n] as number);
    out.data[row * out.cols + k] = sum / total;
  }
}

/** One number per row, or an array per row. */
export function predictions(out: DenseMatrix, nested: boolean): ArrayLike<Prediction> {
  if (!nested) return out.data;
  return Array.from(
    { length: out.rows },
    (_, i) => Array.from(out.data.subarray(i * out.cols, (i + 1) * out.cols)) as Prediction,
  );
}
