import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { ownValues } from '../../data/row-of-numbers.ts';
import { readDataset, readWholeRows } from '../../data/read-dataset.ts';
import type { RowSchema } from '../../data/rows.ts';
import type { LoadContext, LoadedModel } from '../../spec/model-loader.ts';
import type { Rows } from '../../spec/rows.ts';
import type { ValueInfo } from '../../spec/model.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';
import type { Estimator, Scores } from './estimator.ts';

/** What an estimator takes from the load that it belongs to. */
export type EstimatorContext = Pick<LoadContext, 'metadata' | 'extraFeatures' | 'warn'>;

/** A native estimator as a loaded model: rows in, arrays and tensors out. Every method answers at once. */
export function estimatorModel(estimator: Estimator, context: EstimatorContext): LoadedModel {
  const names = estimator.featureNames ?? featuresOf(context, estimator);
  let warned = false;
  const schema: RowSchema = {
    width: estimator.width,
    names,
    ...(estimator.optionalFeatures !== undefined && { optional: estimator.optionalFeatures }),
    extraFeatures: context.extraFeatures,
    onExtra: (extra) =>
      context.warn({ code: 'extra-features', message: `keys that are no feature of the model: ${extra.join(', ')}` }),
    onPositional: (keys) => {
      if (!warned) context.warn(positionalWarning(estimator.className, keys));
      warned = true;
    },
  };
  const read = (rows: Rows): Dataset =>
    estimator.takesWholeRows === true ? readWholeRows(rows) : readDataset(rows, schema);
  const scores = (method: ((x: Dataset) => Scores) | undefined) =>
    method && ((rows: Rows) => scoresTensor(method(read(rows))));
  const probabilities = (method: Estimator['predictProba']) =>
    method &&
    ((rows: Rows) => {
      const result = method(read(rows));
      return Array.isArray(result) ? result.map(scoresTensor) : scoresTensor(result as DenseMatrix);
    });
  const labels = estimator.transformsLabels === true;
  const { predict, transform, inverseTransform, apply } = estimator;
  return withoutUndefined({
    info: {
      task: estimator.task,
      engine: 'native',
      inputs: [{ name: 'X', dtype: undefined, shape: rowShape(estimator) }],
      outputs: outputsOf(estimator),
      classes: estimator.classes,
      featureNames: names,
      ...(estimator.optionalFeatures !== undefined && { optionalFeatures: [...estimator.optionalFeatures] }),
      ...(estimator.inputCategories !== undefined && { categories: estimator.inputCategories }),
    },
    byteSize: estimator.byteSize,
    predict: predict && ((rows: Rows) => predict(read(rows))),
    predictProba: probabilities(estimator.predictProba),
    predictLogProba: probabilities(estimator.predictLogProba),
    decisionFunction: scores(estimator.decisionFunction ?? estimator.rawScores),
    transform: transform && ((rows: Rows) => datasetTensor(transform(read(rows)), labels)),
    // What comes out of a transformer has neither the names nor the width of what went in.
    inverseTransform:
      inverseTransform &&
      ((rows: Rows) =>
        datasetTensor(
          inverseTransform(readDataset(rows, { ...schema, width: undefined, names: undefined })),
          labels || estimator.invertsToLabels === true,
        )),
    scoreSamples: scores(estimator.scoreSamples),
    apply: apply && ((rows: Rows) => grouped(scoresTensor(apply(read(rows))), estimator.applyGroups)),
    dispose: estimator.dispose,
  });
}

/** A row that is one value, whatever it is, has no columns. */
function rowShape({ takesWholeRows, width }: Estimator): ValueInfo['shape'] {
  return takesWholeRows === true ? [null] : [null, width ?? null];
}

/** Columns in groups as a third dimension. */
function grouped(tensor: TensorLike, size: number | undefined): TensorLike {
  const [rows = 0, columns = 0] = tensor.shape;
  return size === undefined ? tensor : { ...tensor, shape: [rows, columns / size, size] };
}

function positionalWarning(
  className: string,
  keys: readonly string[],
): { readonly code: string; readonly message: string } {
  return {
    code: 'positional-features',
    message: `${className} knows no feature names; records are read in the order of their keys: ${keys.join(', ')}`,
  };
}

/** What the methods give, by the name of the method. */
function outputsOf({ predict, predictProba, transform, classes, task, ...scores }: Estimator): ValueInfo[] {
  const decisionFunction = scores.decisionFunction ?? scores.rawScores;
  const count = classes?.length ?? null;
  const multilabel = task === 'multilabel-classification';
  return [
    ...(predict
      ? [{ name: 'predict', dtype: labelType(classes, task), shape: multilabel ? [null, null] : [null] }]
      : []),
    ...(predictProba ? [{ name: 'predictProba', dtype: 'float64' as const, shape: [null, count] }] : []),
    ...(decisionFunction
      ? [
          {
            name: 'decisionFunction',
            dtype: 'float64' as const,
            shape: count === null || count > 2 ? [null, count] : [null],
          },
        ]
      : []),
    ...(transform ? [{ name: 'transform', dtype: undefined, shape: [null, null] }] : []),
  ];
}

/** The type of predicted labels or values, where all have the same. */
function labelType(classes: Estimator['classes'], task: Estimator['task']): DType | undefined {
  if (classes === undefined || classes.length === 0) return task === 'regression' ? 'float64' : undefined;
  const types = new Set(classes.map((label) => (label === null ? 'object' : typeof label)));
  if (types.size > 1) return 'object';
  const [type] = types;
  if (type === 'string') return 'string';
  if (type === 'boolean') return 'bool';
  return classes.every((label) => typeof label === 'bigint' || Number.isInteger(label)) ? 'int64' : 'float64';
}

/** Feature names from the metadata, where they are as many as the estimator has features. */
function featuresOf({ metadata }: EstimatorContext, { width }: Estimator): readonly string[] | undefined {
  const features = metadata?.features;
  return width === undefined || features?.length === width ? features : undefined;
}

function scoresTensor(scores: Scores): TensorLike {
  return scores instanceof DenseMatrix
    ? { data: ownValues(scores.data), shape: [scores.rows, scores.cols], dtype: 'float64' }
    : { data: ownValues(scores), shape: [scores.length], dtype: 'float64' };
}

/** @param flat whether a single column is one value per row, as label encoders give it */
function datasetTensor(data: Dataset, flat: boolean): TensorLike {
  const shape = flat && data.cols === 1 ? [data.rows] : [data.rows, data.cols];
  if (data.kind !== 'frame' || data.objects.every((column) => column === undefined)) {
    return { data: ownValues(toDense(data).data), shape, dtype: 'float64' };
  }
  const values: unknown[] = [];
  for (let i = 0; i < data.rows; i++) {
    for (let j = 0; j < data.cols; j++)
      values.push(data.objects[j]?.[i] ?? (data.objects[j] ? null : data.numbers[j * data.rows + i]));
  }
  return { data: values, shape, dtype: values.every((value) => typeof value === 'string') ? 'string' : 'object' };
}

type Optional<T> = { readonly [K in keyof T]: T[K] | undefined };

/** A method that a model lacks is absent, not undefined. */
function withoutUndefined(model: Optional<LoadedModel>): LoadedModel {
  return Object.fromEntries(Object.entries(model).filter(([, value]) => value !== undefined)) as LoadedModel;
}
