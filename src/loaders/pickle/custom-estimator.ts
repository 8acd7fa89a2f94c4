import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { readDataset } from '../../data/read-dataset.ts';
import { LoaderError } from '../../errors/loader-error.ts';
import type { Estimator, Scores } from '../../sklearn/base/estimator.ts';
import type { CustomEstimator, CustomMatrix, CustomRows } from '../../spec/custom-estimator.ts';

const METHODS = ['predict', 'predictProba', 'decisionFunction', 'transform', 'inverseTransform'] as const;

type Method = (typeof METHODS)[number];

/** An application's estimator as one of the library's, so that it can stand anywhere in a pipeline. */
export function toEstimator(custom: CustomEstimator, className: string): Estimator {
  checkShape(custom, className);
  const matrix = (name: Exclude<Method, 'predict'>, x: Dataset): Dataset =>
    datasetOf(custom[name]?.(rowsOf(x)), x.rows, className);
  const has = (name: Method): boolean => custom[name] !== undefined;
  return {
    className,
    task: custom.task ?? 'unknown',
    width: custom.width,
    featureNames: custom.featureNames,
    ...(custom.classes !== undefined && { classes: custom.classes }),
    ...(has('predict') && { predict: (x: Dataset) => counted(custom.predict?.(rowsOf(x)), x.rows, className) }),
    ...(has('predictProba') && { predictProba: (x: Dataset) => toDense(matrix('predictProba', x)) }),
    ...(has('decisionFunction') && { decisionFunction: (x: Dataset) => flat(toDense(matrix('decisionFunction', x))) }),
    ...(has('transform') && { transform: (x: Dataset) => matrix('transform', x) }),
    ...(has('inverseTransform') && { inverseTransform: (x: Dataset) => matrix('inverseTransform', x) }),
  };
}

/** One of the library's estimators as an application's code asks it: rows in, rows out. */
export function fromEstimator(inner: Estimator): CustomEstimator {
  const { predict, predictProba, decisionFunction, transform, inverseTransform } = inner;
  return {
    task: inner.task,
    width: inner.width,
    featureNames: inner.featureNames,
    classes: inner.classes,
    ...(predict && { predict: (rows: CustomRows) => predict(datasetIn(rows)) }),
    ...(predictProba && {
      predictProba(rows: CustomRows): CustomMatrix {
        const result = predictProba(datasetIn(rows));
        if (result instanceof DenseMatrix) return numbersOf(result);
        throw new LoaderError('ML_LOADER_INVALID', `${inner.className} has several outputs; ask each one by itself`);
      },
    }),
    ...(decisionFunction && {
      decisionFunction(rows: CustomRows): ArrayLike<number> | CustomMatrix {
        const scores = decisionFunction(datasetIn(rows));
        return scores instanceof DenseMatrix ? numbersOf(scores) : scores;
      },
    }),
    ...(transform && { transform: (rows: CustomRows) => rowsOf(transform(datasetIn(rows))) }),
    ...(inverseTransform && { inverseTransform: (rows: CustomRows) => rowsOf(inverseTransform(datasetIn(rows))) }),
  };
}

function checkShape(custom: CustomEstimator | null | undefined, className: string): void {
  const methods = METHODS.filter((name) => typeof custom?.[name] === 'function');
  if (methods.length > 0) return;
  throw new LoaderError(
    'ML_LOADER_INVALID',
    `read() of the registered class ${className} must give an object with one of ${METHODS.join(', ')}`,
    { details: { class: className } },
  );
}

function rowsOf(x: Dataset): unknown[][] {
  if (x.kind !== 'frame') return numbersOf(toDense(x)).map((row) => Array.from(row));
  return Array.from({ length: x.rows }, (_, i) =>
    Array.from({ length: x.cols }, (__, j) => {
      const column = x.objects[j];
      return column === undefined ? x.numbers[j * x.rows + i] : column[i];
    }),
  );
}

function numbersOf({ rows, cols, data }: DenseMatrix): Float64Array[] {
  return Array.from({ length: rows }, (_, i) => data.subarray(i * cols, (i + 1) * cols));
}

function datasetIn(rows: CustomRows): Dataset {
  return readDataset(rows, { width: undefined, names: undefined, extraFeatures: 'ignore' });
}

function datasetOf(result: ArrayLike<unknown> | undefined, rows: number, className: string): Dataset {
  return datasetIn(Array.from(counted<unknown>(result, rows, className)) as unknown[][]);
}

/** @throws `ML_LOADER_INVALID` where a method gave anything but one item per row */
function counted<T>(result: ArrayLike<T> | undefined, rows: number, className: string): ArrayLike<T> {
  if (typeof result === 'object' && result !== null && result.length === rows) return result;
  throw new LoaderError(
    'ML_LOADER_INVALID',
    `a method of the registered class ${className} must give ${rows} results`,
    {
      details: { class: className, rows },
    },
  );
}

function flat(scores: DenseMatrix): Scores {
  return scores.cols === 1 ? scores.data : scores;
}
