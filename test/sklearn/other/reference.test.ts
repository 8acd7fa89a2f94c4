import { describe, expect, it } from 'vitest';
import { bytesOf, difference, estimatorIn, matrix, METHODS, names, plain, referenceOf } from './reference.ts';

/** Settings that are refused, and by which words. */
const REFUSED = new Map([
  ['nmf_mu', 'solver="mu"'],
  ['dict_lars', 'transform_algorithm="lars"'],
]);

/** Their iteration ends for a whole batch at once, in scikit-learn as here. */
const BATCHED = new Set(['nmf_cd', 'nmf_cd_l1']);

describe('models of scikit-learn 1.6.1', () => {
  const models = names().filter((name) => !REFUSED.has(name));

  it('are there', () => expect(models.length).toBeGreaterThan(70));

  it.each(models)('%s answers as in Python, a batch and row by row', (name) => {
    const { input, expected, rtol } = referenceOf(name);
    const estimator = estimatorIn(bytesOf(name));
    for (const [python, method] of METHODS) {
      const want = expected[python];
      if (want === undefined) continue;
      const call = estimator[method];
      expect(call, `${name} has ${method}`).toBeDefined();
      expect(difference(plain(call?.(matrix(input))), want, rtol), method).toBeUndefined();
      const perRow = Array.isArray(want) && want.length === input.length && !BATCHED.has(name);
      if (!perRow) continue;
      for (const [i, row] of input.entries()) {
        expect(difference(plain(call?.(matrix([row]))), [want[i]], rtol), `${method} of row ${i}`).toBeUndefined();
      }
    }
  });

  it.each([...REFUSED])('%s is refused: %s', (name, words) => {
    expect(() => estimatorIn(bytesOf(name))).toThrow(words);
  });
});

describe('input that scikit-learn refuses', () => {
  const NAMES = ['mlp_relu', 'pca_whiten_True', 'kmeans', 'lda_svd_multi', 'gmm_full', 'gpr_rbf', 'kridge_multi', 'ee'];

  it.each(NAMES)('%s takes neither missing nor infinite values nor another width', (name) => {
    const { input } = referenceOf(name);
    const estimator = estimatorIn(bytesOf(name));
    const call = estimator.predict ?? estimator.transform;
    const [first = []] = input;
    const with0 = (value: number): unknown => call?.(matrix([[value, ...first.slice(1)]]));
    expect(() => with0(Number.NaN)).toThrow(expect.objectContaining({ code: 'ML_INPUT_MISSING_VALUE' }));
    expect(() => with0(Number.NEGATIVE_INFINITY)).toThrow(expect.objectContaining({ code: 'ML_INPUT_DTYPE' }));
    expect(() => call?.(matrix([[...first, 1]]))).toThrow(expect.objectContaining({ code: 'ML_INPUT_FEATURE_COUNT' }));
  });

  it.each(['nmf_cd', 'lda_topics_prior', 'achi2_3', 'schi2', 'nystroem_chi2'])(
    '%s takes no negative values',
    (name) => {
      const { input } = referenceOf(name);
      const rows = input.map((row) => row.map((value, j) => (j === 1 ? -3 : value)));
      expect(() => estimatorIn(bytesOf(name)).transform?.(matrix(rows))).toThrow(
        expect.objectContaining({ code: 'ML_INPUT_INVALID' }),
      );
    },
  );
});

describe('inverse transforms', () => {
  it.each(['pca_full_whiten', 'ica_no_whiten'])('%s comes back to the rows', (name) => {
    const { input } = referenceOf(name);
    const { transform, inverseTransform } = estimatorIn(bytesOf(name));
    const there = transform?.(matrix(input));
    expect(there).toBeDefined();
    if (there !== undefined) expect(difference(plain(inverseTransform?.(there)), input, 1e-8)).toBeUndefined();
  });
});
