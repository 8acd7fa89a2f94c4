import { describe, expect, it } from 'vitest';
import { FormatError, LoaderRegistry, type ModelLoader } from '../../src/index.ts';
import { convertInstead } from '../../src/service/convert-instead.ts';
import { guardRows } from '../../src/service/guard-rows.ts';
import { bytesArtefact } from '../../src/repository/artefact-reader.ts';
import type { Conversion, ConversionNeed, ModelConverter, NotConverted } from '../../src/spec/converter.ts';
import type { LoadContext, LoadedModel, ModelWarning } from '../../src/spec/model-loader.ts';
import type { Rows } from '../../src/spec/rows.ts';

const INPUT = { columns: 2, features: ['a', 'b'], missing: false, infinite: false } as const;
const NEED: ConversionNeed = { framework: 'frame', version: '1', names: [] };
const reason = new FormatError('ML_FORMAT_UNSUPPORTED', 'class X is not supported', { details: { class: 'X' } });

/** What the loader of the converted file was given. */
interface Seen {
  context?: LoadContext;
}

function setting(converted: Conversion | NotConverted, need: ConversionNeed | undefined, seen: Seen = {}) {
  const source: ModelLoader = {
    name: 'source',
    formats: ['src'],
    load: () => Promise.reject(reason),
    conversion: () => need,
  };
  const target: ModelLoader = {
    name: 'target',
    formats: ['tgt'],
    load: (context) => {
      seen.context = context;
      return { predict: (rows) => Array.from(rows as unknown[], () => 1), run: () => ({}) };
    },
  };
  const warnings: ModelWarning[] = [];
  const context: LoadContext = {
    artefact: bytesArtefact('model.src', new Uint8Array([1])),
    metadata: undefined,
    options: { of: 'source' },
    limits: { maxModelBytes: 1, maxMetadataBytes: 1, maxNesting: 1, maxElements: 1, maxFiles: 1 },
    extraFeatures: 'ignore',
    signal: new AbortController().signal,
    phase: () => undefined,
    warn: (warning) => warnings.push(warning),
  };
  const converter: ModelConverter = {
    convert: () => Promise.resolve(converted),
    kept: () => Promise.resolve(undefined),
    serve: () => Promise.reject(new Error('not asked')),
  };
  const settings = {
    converter: () => Promise.resolve(converter),
    loaders: new LoaderRegistry([]).register(target),
    loaderOptions: { target: { of: 'target' } },
  };
  return { warnings, load: () => convertInstead(settings, { loader: source, context, reason }) };
}

const conversion: Conversion = { name: 'model.src.tgt', bytes: new Uint8Array([2]), input: INPUT, report: {} };

describe('a file that its loader cannot compute', () => {
  it('is loaded as what it was converted into', async () => {
    const seen: Seen = {};
    const { load, warnings } = setting(conversion, NEED, seen);
    const model = await load();
    expect(seen.context?.artefact.bytes).toEqual(conversion.bytes);
    expect(seen.context?.options).toEqual({ of: 'target' });
    expect(seen.context?.metadata?.features).toEqual(['a', 'b']);
    expect(warnings.map(({ code }) => code)).toEqual(['converted']);
    expect(model.predict?.([{ a: 1, b: 2 }], {})).toEqual([1]);
    expect('run' in model).toBe(false);
  });

  it('keeps its error where nothing converts it', async () => {
    await expect(setting(conversion, undefined).load()).rejects.toBe(reason);
    const { load } = setting({ why: 'run this' }, NEED);
    await expect(load()).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
      message: 'class X is not supported. run this',
      details: { class: 'X' },
    });
  });
});

describe('a converted model', () => {
  const inner: LoadedModel = { predict: (rows) => Array.from(rows as unknown[], () => 0), info: { task: 'unknown' } };
  const predict = (rows: Rows, input = {}): unknown =>
    guardRows(inner, { ...INPUT, ...input }, 'ignore').predict?.(rows, {});
  const code = (value: string): unknown => expect.objectContaining({ code: value });

  it('refuses the numbers that the original refuses, in rows of any kind', () => {
    const gap = Number.NaN;
    for (const rows of [
      [[1, gap]],
      [
        [1, 2],
        [1, null],
      ],
      [{ a: 1, b: undefined }],
      { a: [1, 2], b: [1, gap] },
      { data: Float64Array.of(1, gap), shape: [1, 2], dtype: 'float64' as const },
    ]) {
      expect(() => predict(rows as Rows)).toThrow(code('ML_INPUT_MISSING_VALUE'));
    }
    for (const value of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e39, -3.5e38]) {
      expect(() => predict([[value, 1]])).toThrow(code('ML_INPUT_DTYPE'));
    }
    expect(predict([[3.4028234663852886e38, -1]])).toEqual([0]);
  });

  it('takes what the original takes', () => {
    expect(predict([[Number.NaN, 1]], { missing: true })).toEqual([0]);
    expect(predict([[Number.NEGATIVE_INFINITY, 1]], { infinite: true })).toEqual([0]);
    expect(() => predict([[1e39, 1]], { infinite: true })).toThrow(code('ML_INPUT_DTYPE'));
  });
});
