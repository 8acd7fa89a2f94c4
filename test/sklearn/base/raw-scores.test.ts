import { expect, it } from 'vitest';
import { DenseMatrix } from '../../../src/data/dataset.ts';
import { delegate } from '../../../src/sklearn/base/delegate.ts';
import type { Estimator } from '../../../src/sklearn/base/estimator.ts';
import { estimatorModel } from '../../../src/sklearn/base/estimator-model.ts';
import type { EstimatorState } from '../../../src/sklearn/base/estimator-state.ts';
import { responseOf } from '../../../src/sklearn/base/response.ts';

/** As XGBClassifier and CatBoostClassifier are, which have no `decision_function` in Python. */
const booster: Estimator = {
  className: 'test.Booster',
  task: 'binary-classification',
  width: 1,
  featureNames: undefined,
  predictProba: (x) => new DenseMatrix(x.rows, 2, Float64Array.of(0.25, 0.75)),
  rawScores: () => Float64Array.of(7),
};

it('are what an estimator that holds another does not ask for', () => {
  const scores = responseOf({} as EstimatorState, { ...booster, ...delegate(booster) });
  expect(scores(new DenseMatrix(1, 1)).data).toEqual(Float64Array.of(0.75));
});

it('are decisionFunction to callers', async () => {
  const model = estimatorModel(booster, { metadata: undefined, extraFeatures: 'error', warn: () => undefined });
  expect(await model.decisionFunction?.([[1]], {})).toMatchObject({ data: Float64Array.of(7) });
  expect(model.info?.outputs?.map(({ name }) => name)).toContain('decisionFunction');
});
