import { DenseMatrix } from '../../data/dataset.ts';
import type { PyValue } from '../../formats/pickle/nodes.ts';
import { isNode } from '../../formats/pickle/nodes.ts';
import { selectColumns } from '../../data/select-columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';

/** Pools the values of one cluster's columns. */
const POOLS: ReadonlyMap<string, (values: Float64Array) => number> = new Map([
  ['mean', (values) => values.reduce((sum, value) => sum + value, 0) / values.length],
  ['sum', (values) => values.reduce((sum, value) => sum + value, 0)],
  ['median', median],
  ['max', (values) => values.reduce((a, b) => Math.max(a, b))],
  ['amax', (values) => values.reduce((a, b) => Math.max(a, b))],
  ['min', (values) => values.reduce((a, b) => Math.min(a, b))],
  ['amin', (values) => values.reduce((a, b) => Math.min(a, b))],
]);

/**
 * One column per cluster of columns, `pooling_func` of its values: numpy's mean, sum, median, max or min. Back, every
 * column has its cluster's value.
 *
 * Source: sklearn/cluster/_feature_agglomeration.py.
 */
export function featureAgglomeration(state: EstimatorState): Estimator {
  const labels = state.ints('labels_');
  const name = functionName(state.get('pooling_func'));
  const pool = POOLS.get(name);
  if (pool === undefined) throw state.unsupported(`pooling_func=${name}`);
  const groups = groupsOf(labels);
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: labels.length,
    featureNames: state.featureNames,
    transform(x) {
      const { data, cols } = finiteInput(x, labels.length, className);
      const out = new DenseMatrix(x.rows, groups.length);
      for (let i = 0; i < x.rows; i++) {
        for (const [k, columns] of groups.entries()) {
          out.data[i * groups.length + k] = pool(Float64Array.from(columns, (j) => data[i * cols + j] as number));
        }
      }
      return out;
    },
    inverseTransform(x) {
      const position = new Map(groups.flatMap((columns, k) => columns.map((j) => [j, k] as const)));
      return selectColumns(
        finiteInput(x, groups.length, className),
        Array.from(labels, (_, j) => position.get(j) ?? 0),
      );
    },
  };
}

/** Columns of each cluster, clusters by their label. */
function groupsOf(labels: Int32Array): number[][] {
  const groups = new Map<number, number[]>();
  for (const [j, label] of labels.entries()) {
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [j]);
    else group.push(j);
  }
  return [...groups.keys()].sort((a, b) => a - b).map((label) => groups.get(label) ?? []);
}

/** `mean` for a reference to `numpy.mean`. Since 1.25 numpy pickles its functions by their public name, as before. */
function functionName(value: PyValue | undefined): string {
  if (isNode(value) && value.kind === 'global') return value.module.split('.')[0] === 'numpy' ? value.name : value.path;
  return String(isNode(value) ? value.kind : value);
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
