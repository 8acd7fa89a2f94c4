import type { Dataset, DenseMatrix } from '../data/dataset.ts';
import { classTask } from '../sklearn/base/class-task.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { Label, Prediction } from '../spec/model.ts';
import { externalRaw, labels, logSigmoid, logSoftmax, sigmoid, softmax, twoColumns } from './outputs.ts';
import type { Predictor } from './predictor.ts';
import { predictorBase } from './predictor-base.ts';

/** The labels of a file that says nothing about them: CatBoost then takes it for two classes, or one per output. */
function classesOf({ info, dimensions }: Predictor): readonly Label[] {
  return info.classes ?? Array.from({ length: dimensions === 1 ? 2 : dimensions }, (_, i) => i);
}

/**
 * `CatBoostClassifier`: a label per row by `predict`, also where Python has a column of them (three classes and more);
 * with several labels each is 0 or 1.
 *
 * Source: catboost/python-package/catboost/core.py, `CatBoostClassifier.predict`; _catboost.pyx, `transform_predictions`;
 * catboost/libs/eval_result/eval_helpers.cpp, `PrepareEval`.
 */
export function classifierEstimator(predictor: Predictor, className: string): Estimator {
  const { info, dimensions } = predictor;
  const raw = (x: Dataset): DenseMatrix => externalRaw(predictor.raw(x), predictor);
  const base = predictorBase(predictor, className);
  if (info.multiLabel) {
    return {
      ...base,
      task: 'multilabel-classification',
      predict: (x): Prediction[] => {
        const { data, rows, cols } = raw(x);
        return Array.from({ length: rows }, (_, row) =>
          Array.from(data.subarray(row * cols, (row + 1) * cols), (value) => (value > info.threshold ? 1 : 0)),
        );
      },
      predictProba: (x) => sigmoid(raw(x)),
      predictLogProba: (x) => logSigmoid(raw(x)),
    };
  }
  const classes = classesOf(predictor);
  const estimator: Estimator = {
    ...base,
    task: classTask(classes),
    classes,
    predict: (x) => labels(raw(x), classes, info.threshold),
  };
  if (dimensions === 1) {
    return {
      ...estimator,
      predictProba: (x) =>
        twoColumns(predictor.raw(x), (value) => {
          const p = 1 / (1 + Math.exp(-value));
          return [1 - p, p];
        }),
      predictLogProba: (x) =>
        twoColumns(predictor.raw(x), (value) => [-Math.log(1 + Math.exp(value)), -Math.log(1 + Math.exp(-value))]),
    };
  }
  const each = info.loss === 'MultiClassOneVsAll';
  return {
    ...estimator,
    predictProba: (x) => (each ? sigmoid(raw(x)) : softmax(raw(x))),
    predictLogProba: (x) => (each ? logSigmoid(raw(x)) : logSoftmax(raw(x))),
  };
}
