import { describe, expect, it } from 'vitest';
import { PyGlobal, PyList, PyObject, type PyValue } from '../../../src/formats/pickle/nodes.ts';
import { PyDict } from '../../../src/formats/pickle/py-dict.ts';
import { ConstructContext } from '../../../src/sklearn/base/construct.ts';
import type { Estimator } from '../../../src/sklearn/base/estimator.ts';
import type { EstimatorState } from '../../../src/sklearn/base/estimator-state.ts';
import { isNewerThanTested, parseSklearnVersion } from '../../../src/sklearn/base/sklearn-version.ts';

const ROOT = { path: '', version: undefined };

function object(name: string, attributes: Readonly<Record<string, PyValue>> = {}): PyObject {
  const state = new PyDict();
  for (const [key, value] of Object.entries(attributes)) state.set(key, value);
  return new PyObject(new PyGlobal('sklearn.test._inner', name, 'class', 0), { state });
}

const estimator = (className: string): Estimator => ({ className, task: 'unknown', width: 1, featureNames: undefined });

/** Builds what it holds first, as a pipeline does. */
function holder(state: EstimatorState): Estimator {
  state.estimators('held');
  return estimator(state.className);
}

const TABLE = new Map([
  ['sklearn.test.Holder', holder],
  ['sklearn.test.Plain', (state: EstimatorState) => estimator(state.className)],
  [
    'sklearn.test.Odd',
    (state: EstimatorState) => {
      throw state.unsupported('loss="odd"');
    },
  ],
  [
    'sklearn.test.Strict',
    (state: EstimatorState) => {
      state.vector('coef_');
      return estimator(state.className);
    },
  ],
]);

describe('construct', () => {
  it('builds a node once', () => {
    const context = new ConstructContext(TABLE);
    const node = object('Plain');
    expect(context.construct(node, ROOT)).toBe(context.construct(node, { ...ROOT, path: 'elsewhere' }));
  });

  it('names everything that is not supported, classes and settings, and forgets it afterwards', () => {
    const context = new ConstructContext(TABLE);
    const held = new PyList([
      object('Unknown'),
      object('Plain'),
      object('Odd'),
      object('Holder', { held: new PyList([object('Other')]) }),
    ]);
    const build = (): Estimator => context.construct(object('Holder', { held }), ROOT);
    for (let i = 0; i < 2; i++) {
      expect(build).toThrow(
        expect.objectContaining({
          code: 'ML_FORMAT_UNSUPPORTED',
          message: expect.stringMatching(
            /^3 things .*Unknown at held\[0\].*loss="odd".*Other at held\[3\]\.held\[0\]/,
          ) as string,
        }),
      );
    }
    expect(context.construct(object('Plain'), ROOT).className).toBe('sklearn.test.Plain');
  });

  it('lets an error of another kind through', () => {
    const context = new ConstructContext(TABLE);
    const held = new PyList([object('Strict')]);
    expect(() => context.construct(object('Holder', { held }), ROOT)).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_NOT_FITTED' }),
    );
  });

  it('bounds nesting and refuses what contains itself', () => {
    const deep = Array.from({ length: 5 }).reduce<PyObject>(
      (inner) => object('Holder', { held: new PyList([inner]) }),
      object('Plain'),
    );
    expect(() => new ConstructContext(TABLE, { maxDepth: 4 }).construct(deep, ROOT)).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }),
    );
    expect(new ConstructContext(TABLE, { maxDepth: 6 }).construct(deep, ROOT).width).toBe(1);
    const list = new PyList();
    const circular = object('Holder', { held: list });
    list.items.push(circular);
    expect(() => new ConstructContext(TABLE).construct(circular, ROOT)).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }),
    );
  });

  it("takes an application's class by its exact name before the table", () => {
    const custom = new Map([['sklearn.test._inner.Plain', () => estimator('mine')]]);
    expect(new ConstructContext(TABLE, { custom }).construct(object('Plain'), ROOT).className).toBe('mine');
  });
});

it.each([
  ['1.9.3', false],
  ['1.10.0', true],
  ['2.0.dev0', true],
  ['0.24.2', false],
])('scikit-learn %s is newer than tested: %s', (text, newer) => {
  expect(isNewerThanTested(parseSklearnVersion(text) ?? { text, major: 0, minor: 0 })).toBe(newer);
});
