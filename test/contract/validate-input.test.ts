import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type InputValidation, loadModel, MLServiceRegistry, type ModelMetadata } from '../../src/index.ts';
import {
  createFakeModel,
  createMemoryRepository,
  createMockLoader,
  type FakeModel,
  type FakeModelOptions,
} from '../../src/testing/index.ts';
import { codeOf } from '../repository/fixture.ts';

const MODELS = fileURLToPath(new URL('../../models', import.meta.url));

interface Bench {
  readonly registry: MLServiceRegistry;
  readonly model: FakeModel;
  readonly warnings: string[];
}

function setUp(
  validateInput: InputValidation | undefined,
  metadata: Partial<ModelMetadata>,
  options: FakeModelOptions = { predict: [1], inverseTransform: [[0]], featureNames: ['a', 'b'] },
): Bench {
  const model = createFakeModel(options);
  const registry = new MLServiceRegistry({
    env: {},
    repository: createMemoryRepository({ 'trained/m_v1.mock': { bytes: 'x', metadata: { name: 'm', ...metadata } } }),
    loaders: [createMockLoader({ model })],
    ...(validateInput !== undefined && { validateInput }),
  });
  const warnings: string[] = [];
  registry.on('model:warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
  return { registry, model, warnings };
}

const RULES = { input_schema: { a: { type: 'number', max: 10 } } };

describe('by default', () => {
  it.each([
    ['rows that break rules', RULES, [[99, 1]]],
    ['rules that nobody understands', { input_schema: 'no rules' }, [[1, 1]]],
    ['metadata that contradicts the model', { features: ['x', 'y', 'z'] }, [[1, 1]]],
  ])("%s are nobody's matter", async (_, metadata, rows) => {
    const { registry, warnings } = setUp(undefined, metadata);
    expect(await registry.model('m').predict(rows)).toEqual([1]);
    expect(warnings).toEqual([]);
  });
});

describe("validateInput: 'error'", () => {
  it('keeps rows from the model that do not fit, and tells the end of the call', async () => {
    const { registry, model } = setUp('error', RULES);
    const ends: unknown[] = [];
    registry.on('predict:end', ({ error }) => ends.push((error as { code?: string } | undefined)?.code));
    expect(await registry.model('m').predict([[10, 1]])).toEqual([1]);
    expect(await codeOf(registry.model('m').predict([[11, 1]]))).toBe('ML_INPUT_CONTRACT');
    expect(model.calls).toHaveLength(1);
    expect(ends).toEqual([undefined, 'ML_INPUT_CONTRACT']);
    // What comes out of a transformer has neither the names nor the bounds of what went in.
    expect(await codeOf(registry.model('m').inverseTransform([[99]]))).toBe('no error');
    // The lease was given back.
    await registry.unload('m', 'latest', { timeoutMs: 100 });
  });

  it.each([
    ['rules that cannot be understood', { input_schema: { a: { typ: 'number' } } }, undefined, 'ML_CONTRACT_INVALID'],
    ['names that are others', { features: ['a', 'c'] }, undefined, 'ML_CONTRACT_MISMATCH'],
    ['nothing that is known', {}, { predict: [1] }, 'ML_CONTRACT_INVALID'],
  ] as const)('a load fails with %s, and frees the model', async (_, metadata, options, code) => {
    const { registry, model } = setUp('error', metadata, options);
    expect(await codeOf(registry.load('m'))).toBe(code);
    expect(model.disposals).toBe(1);
    expect(registry.health().memory.residentBytes).toBe(0);
  });

  it('judges the parts of a file by what each of them knows', async () => {
    const part = createFakeModel({ predict: [1], featureNames: ['a'] });
    const { registry } = setUp('error', {}, { parts: { clf: part } });
    const model = registry.model('m').part('clf');
    expect(await model.predict([[1]])).toEqual([1]);
    expect(await codeOf(model.predict([[1, 2]]))).toBe('ML_INPUT_CONTRACT');
  });
});

describe("validateInput: 'warn'", () => {
  it('tells and goes on', async () => {
    const { registry, warnings } = setUp('warn', RULES);
    expect(await registry.model('m').predict([[99, 1]])).toEqual([1]);
    expect(warnings).toEqual(['input-contract: rows do not fit: row 0, "a" must be at most 10, is 99']);
  });

  it('tells once that there is no contract', async () => {
    const { registry, warnings } = setUp('warn', { features: ['a', 'c'] });
    await registry.model('m').predict([[1, 2]]);
    await registry.model('m').predict([[1, 2]]);
    expect(warnings).toEqual([expect.stringMatching(/^no-input-contract: the metadata and the model disagree/)]);
  });
});

describe('a contract', () => {
  it('is given by the registry, whatever is validated', async () => {
    const { registry } = setUp(undefined, RULES);
    const contract = await registry.inputContract('m');
    expect(contract.issues([{ a: 11, b: 1 }])).toEqual([
      { row: 0, feature: 'a', message: 'must be at most 10, is 11' },
    ]);
    expect(await codeOf(setUp(undefined, { input_schema: 1 }).registry.inputContract('m'))).toBe('ML_CONTRACT_INVALID');
    expect(await codeOf(registry.inputContract('nobody'))).toBe('ML_MODEL_NOT_FOUND');
  });

  it.each([
    ['onnx', ['number', 'string', 'number', 'number', 'number']],
    ['pkl', ['any', 'any', 'any', 'any', 'any']],
  ])('of a real .%s model has its names and types', async (extension, expected) => {
    const registry = new MLServiceRegistry({
      env: {},
      models: { fraud_detector: { path: join(MODELS, 'trained', `fraud_detector_v1_20240101.${extension}`) } },
    });
    const { features } = await registry.inputContract('fraud_detector');
    expect(features.map(({ name }) => name)).toEqual([
      'amount',
      'merchant_category',
      'time_of_day',
      'account_age_days',
      'transactions_last_24h',
    ]);
    expect(features.map(({ type }) => type)).toEqual(expected);
    await registry.close();
  });

  it('accepts every row that the sample models were asked with', async () => {
    for (const name of [
      'fraud_detector_v1_20240101',
      'fraud_detector_v2_20240301',
      'tumor_classifier_v1_20240220',
      'digits_mlp_v1_20240210',
    ]) {
      const { input } = JSON.parse(readFileSync(join(MODELS, 'samples', `${name}.json`), 'utf8')) as {
        input: unknown[][] | { columns: string[]; data: unknown[][] };
      };
      const rows = Array.isArray(input) ? input : input.data;
      const model = await loadModel(join(MODELS, 'trained', `${name}.onnx`), { validateInput: 'error' });
      expect(await model.predict(rows as number[][])).toHaveLength(rows.length);
      await model.dispose();
    }
  });
});
