import { expect, test } from 'vitest';
import type { Dataset, DenseMatrix } from '../../../src/data/dataset.ts';
import { estimatorModel } from '../../../src/sklearn/base/estimator-model.ts';
import type { Tensor } from '../../../src/spec/tensor.ts';

test('a transformer that gives its row back does not share memory with other rows', () => {
  const model = estimatorModel(
    {
      className: 'Identity',
      task: 'transformation',
      width: 3,
      featureNames: undefined,
      transform: (x) => x,
      decisionFunction: (x: Dataset) => x as DenseMatrix,
    },
    { metadata: undefined, extraFeatures: 'error', warn: () => {} },
  );
  for (const method of [model.transform, model.decisionFunction]) {
    const tensor = method?.([[1, 2, 3]], {}) as Tensor | undefined;
    const data = tensor?.data as Float64Array | undefined;
    expect(data).toEqual(Float64Array.of(1, 2, 3));
    expect(data?.buffer.byteLength).toBe(24);
  }
});
