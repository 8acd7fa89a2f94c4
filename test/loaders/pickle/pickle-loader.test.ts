import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel, type Model, type TensorLike } from '../../../src/index.ts';
import { loader } from '../../../src/loaders/pickle/pickle-loader.ts';
import type { LoadContext, ModelWarning } from '../../../src/spec/model-loader.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/pickle', import.meta.url));
const file = (name: string): string => join(FOLDER, `${name}.pkl`);
const load = (name: string): Promise<Model> => loadModel(file(name));

function context(bytes: Uint8Array, change: Partial<LoadContext> = {}): LoadContext {
  return {
    artefact: {
      kind: 'file',
      name: 'test.pkl',
      path: undefined,
      bytes,
      size: bytes.length,
      sha256: '',
      entries: [],
      read: () => Promise.reject(new Error('not asked for')),
    },
    metadata: undefined,
    options: {},
    limits: { maxModelBytes: 2 ** 30, maxMetadataBytes: 1, maxNesting: 64, maxElements: 100_000, maxFiles: 1 },
    signal: new AbortController().signal,
    extraFeatures: 'ignore',
    phase: () => undefined,
    warn: () => undefined,
    ...change,
  };
}

const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(file(name)));

describe('containers', () => {
  it('have the methods of their only predictor, and every item as a part', async () => {
    const bundle = await load('bundle');
    expect(bundle.parts).toEqual(['model', 'scaler', 'features', 'threshold', 'same']);
    expect(bundle.info).toMatchObject({ task: 'binary-classification', classes: ['no', 'yes'], engine: 'native' });
    expect(await bundle.predict([{ a: 2, b: 0 }])).toEqual(['yes']);
    expect(await bundle.part('model').predict([[-2, 0]])).toEqual(['no']);
    expect(bundle.part('features').value).toEqual(['a', 'b']);
    expect(bundle.part('threshold').value).toBe(0.5);
    expect((await bundle.part('scaler').transform([[0, 0]])).shape).toEqual([1, 2]);
    expect(() => bundle.value).toThrow(expect.objectContaining({ code: 'ML_MODEL_METHOD_UNSUPPORTED' }));
  });

  it('of several predictors ask for a choice', async () => {
    const several = await load('several');
    expect(several.methods).toEqual([]);
    await expect(several.predict([[1, 2]])).rejects.toMatchObject({
      code: 'ML_MODEL_METHOD_UNSUPPORTED',
      message: expect.stringContaining('models, made: choose one with part(name)') as string,
    });
    expect(await several.part('models.yes').predict([[2, 0]])).toEqual(['yes']);
    expect(await several.part('models.size.0').predict([[1, 2]])).toHaveLength(1);
    expect(() => several.part('models.size.7')).toThrow(expect.objectContaining({ code: 'ML_MODEL_PART_UNKNOWN' }));
  });

  it('can be tuples and bunches, and need no predictor', async () => {
    const [tuple, bunch] = [await load('tuple'), await load('bunch')];
    expect(tuple.parts).toEqual(['0', '1']);
    expect(tuple.part('1').value).toEqual(['a', 'b']);
    await expect(tuple.predict([[1, 2]])).rejects.toMatchObject({ code: 'ML_MODEL_METHOD_UNSUPPORTED' });
    expect(await bunch.predict([[2, 0]])).toEqual(['yes']);
  });

  it('stay usable where a part is not', async () => {
    const warnings: ModelWarning[] = [];
    const loaded = await loader.load(context(bytesOf('half_unknown'), { warn: (warning) => warnings.push(warning) }));
    expect(warnings).toEqual([
      { code: 'part-unusable', message: expect.stringContaining('shop.features.Clip') as string },
    ]);
    expect(loaded.predict?.([[2, 0]], {})).toEqual(['yes']);
    const half = await load('half_unknown');
    expect(() => half.part('clip')).toThrow(expect.objectContaining({ code: 'ML_FORMAT_UNSUPPORTED' }));
  });

  it('share what the file shares, however often', async () => {
    const laughs = await load('laughs');
    expect(laughs.value).toHaveLength(2);
    expect(laughs.info.bytes).toBeLessThan(100_000);
    expect(await (await load('laughing_models')).predict([[2, 0]])).toEqual(['yes']);
    await expect(load('circle')).rejects.toMatchObject({ code: 'ML_FORMAT_LIMIT' });
  });
});

describe('what cannot be built', () => {
  it('is named all at once, with its places', async () => {
    const error = await load('unknown').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ML_FORMAT_UNSUPPORTED' });
    const { details, message } = error as {
      details: { unsupported: { class: string; path: string }[] };
      message: string;
    };
    expect(details.unsupported.map((one) => one.class)).toEqual([
      'shop.features.Ratio',
      'shop.features.Clip',
      'shop.features.Ratio',
    ]);
    expect(new Set(details.unsupported.map(({ path }) => path)).size).toBe(3);
    expect(message).toMatch(/^3 things are not supported: /);
    await expect(load('clip')).rejects.toMatchObject({
      message: expect.stringMatching(/^class shop\.features\.Clip at steps\[0\]/) as string,
    });
  });

  it('does not matter where only training needs it', async () => {
    expect(await (await load('search')).predict([[2, 0]])).toEqual(['yes']);
  });

  it('is told apart from what was never fitted', async () => {
    await expect(load('never_fitted')).rejects.toMatchObject({
      code: 'ML_FORMAT_NOT_FITTED',
      message: expect.stringContaining('steps[0]') as string,
    });
    const unfitted = await load('unfitted');
    const usable = unfitted.parts.filter((name) => {
      try {
        return unfitted.part(name).methods.length > 0;
      } catch (error) {
        expect((error as { code: string }).code).toMatch(/^ML_FORMAT_(NOT_FITTED|UNSUPPORTED)$/);
        return false;
      }
    });
    // These learn nothing.
    expect(usable).toEqual([
      'AdditiveChi2Sampler',
      'Binarizer',
      'FeatureHasher',
      'FunctionTransformer',
      'HashingVectorizer',
      'Normalizer',
    ]);
  });
});

describe('scikit-learn versions', () => {
  it('newer than tested load with a warning', async () => {
    const text = Buffer.from(bytesOf('kmeans')).toString('latin1');
    const newer = Uint8Array.from(Buffer.from(text.replaceAll('1.9.1', '2.4.0'), 'latin1'));
    const codes: string[] = [];
    const warn = ({ code }: ModelWarning): void => void codes.push(code);
    const model = await loader.load(context(newer, { warn }));
    expect(model.predict?.([[0, 0]], {})).toHaveLength(1);
    expect(codes).toEqual(['newer-sklearn']);
    await loader.load(context(bytesOf('kmeans'), { warn }));
    expect(codes).toHaveLength(1);
  });
});

describe('limits', () => {
  it('bound what one file may cost', async () => {
    const limits = { maxModelBytes: 2 ** 30, maxMetadataBytes: 1, maxNesting: 64, maxElements: 10, maxFiles: 1 };
    await expect(loader.load(context(bytesOf('bundle'), { limits }))).rejects.toMatchObject({
      code: 'ML_FORMAT_LIMIT',
    });
    const flat = { ...limits, maxElements: 100_000, maxNesting: 1 };
    await expect(loader.load(context(bytesOf('search'), { limits: flat }))).rejects.toMatchObject({
      code: 'ML_FORMAT_LIMIT',
    });
  });

  it('say what a file is that is no pickle', async () => {
    const cases: [number[] | string, RegExp][] = [
      ['PK\u0003\u0004rest of it', /zip archive/],
      ['\u0089HDF\r\n\u001a\nrest', /HDF5/],
      [
        [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e, 0x80, 2],
        /PyTorch before 1\.6/,
      ],
    ];
    for (const [content, message] of cases) {
      const bytes =
        typeof content === 'string' ? Uint8Array.from(Buffer.from(content, 'latin1')) : Uint8Array.from(content);
      await expect(loader.load(context(bytes))).rejects.toMatchObject({
        code: 'ML_FORMAT_UNSUPPORTED',
        message: expect.stringMatching(message) as string,
      });
      expect(await loader.scan?.(context(bytes))).toMatchObject([{ severity: 'unsupported' }]);
    }
  });
});

describe('inspect', () => {
  it('shows the tree of objects', async () => {
    const { details, classes, featureNames } = (await loader.inspect?.(context(bytesOf('bundle')))) ?? {};
    expect({ classes, featureNames }).toEqual({ classes: ['no', 'yes'], featureNames: ['a', 'b'] });
    expect(details).toMatchObject({
      container: 'pickle',
      protocol: 4,
      sklearnVersion: '1.9.1',
      methods: ['predict', 'predictProba', 'predictLogProba', 'decisionFunction'],
      tree: {
        type: 'dict of 5',
        children: [{ name: 'model', type: 'sklearn.linear_model.LogisticRegression' }, {}, {}, {}, {}],
      },
    });
  });

  it('names what keeps a file from being loaded', async () => {
    const { details } = (await loader.inspect?.(context(bytesOf('unknown')))) ?? {};
    expect(details).toMatchObject({ problem: expect.stringContaining('shop.features.Ratio') as string });
    expect(details?.['unknown']).toHaveLength(2);
  });
});

it('counts bytes of arrays', async () => {
  const model = await load('kmeans');
  expect(model.info.bytes).toBeGreaterThan(200);
  const { data }: TensorLike = await model.transform([[0, 0]]);
  expect(data).toHaveLength(2);
});
