import { describe, expect, it } from 'vitest';
import type { LoadedModel, ModelLoader } from '../../src/index.ts';
import { loaderContract, type LoaderContractSubject } from '../../src/testing/index.ts';
import { ruleFile, ruleLoader } from './rule-loader.ts';
import { runSuite } from './run-suite.ts';

const subject: LoaderContractSubject = {
  loader: ruleLoader,
  artefact: { name: 'big_v1.rule', bytes: ruleFile(0.5) },
  rows: [[0.25], [0.75]],
  expected: { predict: [false, true], decisionFunction: [-0.25, 0.25] },
  badRows: { 'two features': [[1, 2]], text: [['a']], 'no rows at all': null as never },
};

loaderContract({ describe, it }, subject);

describe('the loader contract finds', () => {
  const changed = (change: (model: LoadedModel) => Partial<LoadedModel>): ModelLoader => ({
    ...ruleLoader,
    async load(context) {
      const model = await ruleLoader.load(context);
      return { ...model, ...change(model) };
    },
  });
  let calls = 0;
  const loaders: [string, ModelLoader, string][] = [
    ['an extension with a dot', { ...ruleLoader, formats: ['.rule'] }, 'has a name, file extensions'],
    ['an extension in upper case', { ...ruleLoader, formats: ['RULE'] }, 'has a name, file extensions'],
    ['a spec version from the future', { ...ruleLoader, specVersion: 'v2' as 'v1' }, 'declares its optional members'],
    ['a detect() that knows nothing', { ...ruleLoader, detect: () => false }, 'is recognised by detect()'],
    ['a detect() that gives no boolean', { ...ruleLoader, detect: () => 1 as never }, 'detect() gives a boolean'],
    [
      'bytes that are changed',
      {
        ...ruleLoader,
        async load(context) {
          const model = await ruleLoader.load(context);
          context.artefact.bytes.set([0x52], 0);
          context.artefact.bytes.set([context.artefact.bytes[12] === 0 ? 1 : 0], 12);
          return model;
        },
      },
      'loads without changing the bytes',
    ],
    [
      'phases out of order',
      {
        ...ruleLoader,
        load(context) {
          context.phase('warm-up');
          return ruleLoader.load(context);
        },
      },
      'loads without changing the bytes',
    ],
    ['a missing size', changed(() => ({ byteSize: 0 })), 'says its size in bytes'],
    ['a wrong answer', changed(() => ({ predict: () => [true, true] })), 'predict() gives the expected answers'],
    [
      'a missing method',
      { ...ruleLoader, load: () => ({ transform: () => ({ data: [], shape: [0], dtype: 'float64' }) }) },
      'predict() gives the expected answers',
    ],
    [
      'an answer that changes',
      changed((model) => ({
        predict: (rows, options) => (++calls % 2 === 0 ? [true, false] : (model.predict?.(rows, options) ?? [])),
      })),
      'predict() gives the expected answers',
    ],
    ['answers for no rows', changed(() => ({ predict: () => [false, true] })), 'gives no answers for no rows'],
    [
      'a raw error for bad rows',
      changed(() => ({ predict: (rows) => (rows as [number][]).map(([x]) => x.toFixed() === '') })),
      'refuses text with an MLServiceError',
    ],
    [
      'a signal that is ignored',
      { ...ruleLoader, load: (context) => ruleLoader.load({ ...context, signal: new AbortController().signal }) },
      'stops when its signal aborts',
    ],
    [
      'a raw error for a damaged file',
      {
        ...ruleLoader,
        load: ({ artefact }) => ({
          predict: () => [new DataView(artefact.bytes.buffer, 0).getFloat64(5) > 0],
          value: Buffer.from(artefact.bytes).readDoubleLE(5),
        }),
      },
      'an empty, truncated or scrambled file',
    ],
    [
      'findings in a good file',
      { ...ruleLoader, scan: () => [{ severity: 'unsafe', code: 'ML_FORMAT_UNSAFE', message: 'x' }] },
      'finds nothing in the good file',
    ],
    [
      'a scan() that crashes',
      {
        ...ruleLoader,
        scan: ({ artefact }) => {
          if (artefact.size < 5) throw new RangeError('x');
          return [];
        },
      },
      'gives findings, or an MLServiceError',
    ],
  ];

  it.each(loaders)('%s', async (_, loader, test) => {
    const { all, failed } = await runSuite((runner) =>
      loaderContract(runner, { ...subject, artefact: { ...subject.artefact, bytes: ruleFile(0.5) }, loader }),
    );
    expect(all.some((name) => name.startsWith(test))).toBe(true);
    expect(failed.filter((name) => name.startsWith(test))).toHaveLength(1);
  });

  it('nothing in a good loader', async () => {
    expect((await runSuite((runner) => loaderContract(runner, subject))).failed).toEqual([]);
  });
});
