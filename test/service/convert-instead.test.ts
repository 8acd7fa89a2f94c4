import { describe, expect, it } from 'vitest';
import { FormatError, LoaderRegistry, type ModelLoader } from '../../src/index.ts';
import { convertInstead } from '../../src/service/convert-instead.ts';
import { guardRows } from '../../src/execution/guard-rows.ts';
import { bytesArtefact } from '../../src/repository/artefact-reader.ts';
import type { Conversion, ConversionNeed, ModelConverter, NotConverted } from '../../src/spec/converter.ts';
import type { LoadedModel } from '../../src/spec/model-loader.ts';
import type { Rows } from '../../src/spec/rows.ts';

const INPUT = { columns: 2, features: ['a', 'b'], missing: false, infinite: false } as const;
const NEED: ConversionNeed = { framework: 'frame', version: '1', names: [] };
const reason = new FormatError('ML_FORMAT_UNSUPPORTED', 'class X is not supported', { details: { class: 'X' } });

function setting(converted: Conversion | NotConverted, need: ConversionNeed | undefined) {
  const options: unknown[] = [];
  const source: ModelLoader = {
    name: 'source',
    formats: ['src'],
    load: () => Promise.reject(reason),
    conversion: (context) => {
      options.push(context.options);
      return need;
    },
  };
  const target: ModelLoader = { name: 'target', formats: ['tgt'], load: () => ({}) };
  const context = {
    artefact: bytesArtefact('model.src', new Uint8Array([1])),
    metadata: undefined,
    signal: new AbortController().signal,
    warn: () => undefined,
  };
  const converter: ModelConverter = {
    convert: () => Promise.resolve(converted),
    kept: () => Promise.resolve(undefined),
    serve: () => Promise.reject(new Error('not asked')),
  };
  const settings = {
    converter: () => Promise.resolve(converter),
    loaders: new LoaderRegistry([]).register(target),
    loaderOptions: { source: { of: 'source' }, target: { of: 'target' } },
    limits: { maxModelBytes: 1, maxMetadataBytes: 1, maxNesting: 1, maxElements: 1, maxFiles: 1 },
  };
  return { options, convert: () => convertInstead(settings, { loader: source, context, reason }) };
}

const conversion: Conversion = { name: 'model.src.tgt', bytes: new Uint8Array([2]), input: INPUT, report: {} };

describe('a file that its loader cannot compute', () => {
  it('becomes what a converter makes of it, with what that has lost', async () => {
    const { convert, options } = setting(conversion, NEED);
    const { artefact, match, metadata, guard } = await convert();
    expect(artefact).toMatchObject({ name: 'model.src.tgt', bytes: conversion.bytes });
    expect(match.descriptor.name).toBe('target');
    expect(options).toEqual([{ of: 'source' }]);
    expect(metadata?.features).toEqual(['a', 'b']);
    expect(guard).toEqual(INPUT);
  });

  it('keeps its error where nothing converts it', async () => {
    await expect(setting(conversion, undefined).convert()).rejects.toBe(reason);
    const { convert } = setting({ why: 'run this' }, NEED);
    await expect(convert()).rejects.toMatchObject({
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

  it('has no run, and says as the graph does whether its rows are independent', () => {
    const graph: LoadedModel = { ...inner, run: () => ({}), rowsIndependent: true };
    expect(guardRows(graph, INPUT, 'ignore')).toMatchObject({ rowsIndependent: true });
    expect('run' in guardRows(graph, INPUT, 'ignore')).toBe(false);
    expect(guardRows(inner, INPUT, 'ignore').rowsIndependent).toBe(undefined);
  });

  it('takes what the original takes', () => {
    expect(predict([[Number.NaN, 1]], { missing: true })).toEqual([0]);
    expect(predict([[Number.NEGATIVE_INFINITY, 1]], { infinite: true })).toEqual([0]);
    expect(() => predict([[1e39, 1]], { infinite: true })).toThrow(code('ML_INPUT_DTYPE'));
  });
});
