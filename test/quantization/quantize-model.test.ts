import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel, quantizeModel, type QuantizeOptions } from '../../src/index.ts';
import { codeOf, folderOf } from '../repository/fixture.ts';

const MODELS = 'models/trained';
const samplesOf = (name: string) =>
  JSON.parse(readFileSync(`models/samples/${name}.json`, 'utf8')) as {
    input: number[][];
    expected: { predict: unknown[] };
  };

const DIGITS = 'digits_mlp_v1_20240210';
const digits = join(MODELS, `${DIGITS}.onnx`);
/** Nine images of digits; after them come rows that no digit looks like, one of them far too bright. */
const images = samplesOf(DIGITS).input.slice(0, 9);

function quantize(path: string, options: Partial<QuantizeOptions> = {}) {
  return quantizeModel(path, { method: 'int8', output: join(folderOf(), 'small.onnx'), ...options });
}

describe('quantizeModel', () => {
  it.each(['int8', 'float16'] as const)('%s: a smaller file whose answers were compared', async (method) => {
    const report = await quantize(digits, { method, rows: images });
    expect(report).toMatchObject({ path: digits, method, rows: 9 });
    expect(report.bytes.after).toBeLessThan(report.bytes.before * (method === 'int8' ? 0.6 : 0.7));
    expect(readFileSync(report.output).byteLength).toBe(report.bytes.after);
    expect(report.smaller.length).toBeGreaterThan(0);
    expect(report.changes.map(({ answer }) => answer)).toEqual(['predict', 'predictProba']);
    const [labels, probabilities] = report.changes;
    expect(labels?.labels).toBe(0);
    expect(probabilities?.change).toBeGreaterThan(0);
    const model = await loadModel(report.output);
    expect(model.info.sha256).toBe(report.sha256);
    expect(await model.predict(images)).toEqual(samplesOf(DIGITS).expected.predict.slice(0, 9));
    await model.dispose();
  });

  it('a difference beyond the bound is refused, and nothing is written', async () => {
    const output = join(folderOf(), 'small.onnx');
    await expect(quantize(digits, { output, rows: images, maxChange: 1e-6 })).rejects.toMatchObject({
      code: 'ML_QUANTIZE_CHANGED',
      message: expect.stringMatching(/predictProba.*row \d+ differs by .* the bound is 0.000001; nothing was written/),
    });
    expect(readdirSync(join(output, '..'))).toEqual([]);
  });

  it('a row with another range than the rest takes their steps from them, and is found out', async () => {
    await expect(quantize(digits, { rows: samplesOf(DIGITS).input })).rejects.toMatchObject({
      code: 'ML_QUANTIZE_CHANGED',
      message: expect.stringMatching(/predict too differently: 1 of 14 labels differ, the bound is 0; nothing was/),
    });
  });

  it('the samples of the metadata are the rows, where none are given', async () => {
    const { rows } = await quantize(digits, { metadata: { samples: { rows: images.slice(0, 3) } } });
    expect(rows).toBe(3);
  });

  it('a model without weights has nothing to gain', async () => {
    const trees = join(MODELS, 'fraud_detector_v1_20240101.onnx');
    const rows = samplesOf('fraud_detector_v1_20240101').input;
    expect(await codeOf(quantize(trees, { rows }))).toBe('ML_QUANTIZE_NOTHING');
  });

  it.each<[string, string, Partial<QuantizeOptions>, string]>([
    ['no rows', digits, {}, 'ML_OPTIONS_INVALID'],
    ['a bound that is no number', digits, { rows: [[1]], maxChange: Number.NaN }, 'ML_OPTIONS_INVALID'],
    ['another method', digits, { rows: [[1]], method: 'int4' as 'int8' }, 'ML_OPTIONS_INVALID'],
    ['a folder that is not there', digits, { rows: [[1]], output: '/nowhere/small.onnx' }, 'ML_OPTIONS_INVALID'],
    ['a model that is no graph', join(MODELS, `${DIGITS}.pkl`), { rows: [[1]] }, 'ML_FORMAT_UNSUPPORTED'],
    ['a file that is not there', join(MODELS, 'nothing.onnx'), { rows: [[1]] }, 'ML_ARTEFACT_MISSING'],
  ])('%s is refused', async (_, path, options, code) => {
    expect(await codeOf(quantize(path, options))).toBe(code);
  });

  it('an existing file is never replaced', async () => {
    const output = join(folderOf({ 'small.onnx': 'mine' }), 'small.onnx');
    expect(await codeOf(quantize(digits, { output, rows: images }))).toBe('ML_OPTIONS_INVALID');
    expect(readFileSync(output, 'utf8')).toBe('mine');
  });

  it('a damaged file is refused as loading refuses it', async () => {
    const path = join(folderOf(), 'cut.onnx');
    writeFileSync(path, readFileSync(digits).subarray(0, 5_000));
    expect(await codeOf(quantize(path, { rows: images }))).toBe('ML_FORMAT_TRUNCATED');
    expect(existsSync(path)).toBe(true);
  });
});
