import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MLServiceRegistry, type RegistryOptions } from '../../src/index.ts';
import {
  createFakeModel,
  createMemoryRepository,
  createMockLoader,
  createTestRegistry,
} from '../../src/testing/index.ts';

function messageFor(options: unknown): string {
  try {
    void new MLServiceRegistry(options as RegistryOptions);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ML_OPTIONS_INVALID', details: { path: expect.any(String) } });
    return (error as Error).message;
  }
  return 'accepted';
}

const circular: Record<string, unknown> = {};
circular.self = circular;

describe('options', () => {
  it.each([
    [null, 'options must be an object, got null'],
    [{ modelsDir: 5 }, 'options.modelsDir must be a string, got 5'],
    [{ modelsDir: '' }, 'options.modelsDir must be a non-empty string, got ""'],
    [{ repository: {} }, 'options.repository must be a ModelRepository, got {}'],
    [{ loaders: 'onnx' }, 'options.loaders must be an array of loaders or a LoaderRegistry, got "onnx"'],
    [{ loaderOptions: { mock: 5 } }, 'options.loaderOptions.mock must be an object, got 5'],
    [{ verification: 'always' }, `options.verification must be 'require', 'ifPresent' or 'off', got "always"`],
    [{ strictExtensions: 'yes' }, 'options.strictExtensions must be a boolean, got "yes"'],
    [{ fileNamePattern: /x/ }, 'options.fileNamePattern must be a RegExp with the named group `name`, got {}'],
    [{ formatPreference: 'onnx' }, 'options.formatPreference must be an array of file extensions, got "onnx"'],
    [{ aliases: { fraud: { champion: 1 } } }, 'options.aliases.fraud.champion must be a string, got 1'],
    [{ models: { fraud: { path: 1 } } }, 'options.models.fraud.path must be a string, got 1'],
    [{ models: { fraud: { file: 'x' } } }, 'options.models.fraud.file must be absent: there is no such option'],
    [{ watch: 1 }, 'options.watch must be a boolean, got 1'],
    [{ watch: 5n }, 'options.watch must be a boolean, got bigint'],
    [{ watch: circular }, 'options.watch must be a boolean, got object'],
    [{ cache: { maxBytes: -1 } }, 'options.cache.maxBytes must be a positive number, got -1'],
    [{ cache: { maxBytes: 1.5 } }, 'options.cache.maxBytes must be a whole number, got 1.5'],
    [{ cache: { maxBytes: Number.NaN } }, 'options.cache.maxBytes must be a whole number, got null'],
    [{ cache: { maxbytes: 5 } }, 'options.cache.maxbytes must be absent: there is no such option'],
    [{ cache: { idleTtlMs: 0 } }, 'options.cache.idleTtlMs must be a positive number, got 0'],
    [{ cache: { pinned: 'fraud' } }, 'options.cache.pinned must be an array of model names, got "fraud"'],
    [{ limits: { maxNesting: 0 } }, 'options.limits.maxNesting must be a positive number, got 0'],
    [{ limits: { maxStuff: 1 } }, 'options.limits.maxStuff must be absent: there is no such option'],
    [{ loadTimeoutMs: '1s' }, 'options.loadTimeoutMs must be a whole number, got "1s"'],
    [{ backoff: { initialMs: -1 } }, 'options.backoff.initialMs must be zero or a positive number, got -1'],
    [{ extraFeatures: 'fail' }, `options.extraFeatures must be 'ignore', 'warn' or 'error', got "fail"`],
    [{ clock: 5 }, 'options.clock must be a Clock, got 5'],
    [{ required: ['fraud', ''] }, 'options.required.1 must be a non-empty string, got ""'],
    [{ required: ['@v1'] }, 'options.required.0 must be `name` or `name@version`, got "@v1"'],
    [{ required: 'all' }, `options.required must be 'services' or an array of \`name\` or \`name@version\`, got "all"`],
    [{ sidecar: { timeoutMs: 0 } }, 'options.sidecar.timeoutMs must be a positive number, got 0'],
    [{ sidecar: { pyhton: 'python3' } }, 'options.sidecar.pyhton must be absent: there is no such option'],
    [{ models: new Map([['fraud', {}]]) }, 'options.models must be an object by model name, got {}'],
    [{ modelDir: 'models' }, 'options.modelDir must be absent: there is no such option'],
  ] as [unknown, string][])('refused (%#)', (options, message) => {
    expect(messageFor(options)).toBe(message);
  });

  it('win over the environment, and the environment over defaults', () => {
    const env = { ML_MODELS_DIR: '/srv/models', ML_MAX_MODEL_BYTES: '1000' };
    const { config: defaults } = new MLServiceRegistry({ env: {} });
    const { config: environment } = new MLServiceRegistry({ env });
    const { config: options } = new MLServiceRegistry({ env, modelsDir: 'mine', limits: { maxModelBytes: 5 } });
    expect([defaults, environment, options].map(({ modelsDir }) => modelsDir)).toEqual([
      resolve('models'),
      resolve('/srv/models'),
      resolve('mine'),
    ]);
    expect([defaults, environment, options].map(({ limits }) => limits.maxModelBytes)).toEqual([4 * 2 ** 30, 1_000, 5]);
    expect(options.limits.maxFiles).toBe(defaults.limits.maxFiles);
  });

  it.each(['0', '-5', '4GB', '1.5'])('ML_MAX_MODEL_BYTES=%s is refused', (value) => {
    expect(() => new MLServiceRegistry({ env: { ML_MAX_MODEL_BYTES: value } })).toThrow(
      expect.objectContaining({
        code: 'ML_ENV_INVALID',
        message: `ML_MAX_MODEL_BYTES must be a positive whole number of bytes, got "${value}"`,
      }),
    );
  });

  it('empty variables count as unset', () => {
    const { config } = new MLServiceRegistry({ env: { ML_MODELS_DIR: ' ', ML_MAX_MODEL_BYTES: '' } });
    expect([config.modelsDir, config.limits.maxModelBytes]).toEqual([resolve('models'), 4 * 2 ** 30]);
  });

  it('reach the loader: options by its name, limits, extraFeatures', async () => {
    const loader = createMockLoader();
    const registry = new MLServiceRegistry({
      env: {},
      repository: createMemoryRepository({ 'fraud_v1.mock': 'x' }),
      loaders: [loader],
      loaderOptions: { mock: { threads: 2 }, other: { threads: 3 } },
      limits: { maxNesting: 7 },
      extraFeatures: 'warn',
    });
    await registry.load('fraud');
    expect(loader.loads).toMatchObject([
      { options: { threads: 2 }, limits: { maxNesting: 7, maxFiles: 100_000 }, extraFeatures: 'warn' },
    ]);
  });
});

describe('settings of one model', () => {
  const models = {
    'fraud@v1': createFakeModel({ predict: [1] }),
    'fraud@v2': createFakeModel({ predict: [2] }),
    'fraud@v3': createFakeModel({ predict: [3] }),
  };
  const repository = () => createMemoryRepository({ 'fraud_v1.mock': '1', 'fraud_v2.mock': '2', 'fraud_v3.mock': '3' });

  it('version: the option wins over ML_MODEL_<NAME>_VERSION, that over what the caller asks', async () => {
    const asked = await createTestRegistry({ models }).resolve('fraud', 'v1');
    const env = { ML_MODEL_FRAUD_VERSION: 'v2' };
    const environment = await createTestRegistry({ models, env }).explain('fraud', 'v1');
    const options = new MLServiceRegistry({
      env,
      repository: repository(),
      loaders: [createMockLoader()],
      models: { fraud: { version: 'v3' } },
    });
    expect(asked.label).toBe('v1');
    expect([environment.chosen?.label, environment.via]).toEqual(['v2', ['version "v2" from ML_MODEL_FRAUD_VERSION']]);
    const explained = await options.explain('fraud', 'v1');
    expect([explained.chosen?.label, explained.via]).toEqual([
      'v3',
      ['version "v3" from options.models.fraud.version'],
    ]);
  });

  it('path: the option wins over ML_MODEL_<NAME>_PATH, that over the repository', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'paths-'));
    const [first, second] = [join(folder, 'a.mock'), join(folder, 'b.mock')];
    await writeFile(first, 'from the environment');
    await writeFile(second, 'from the options');
    const env = { ML_MODEL_FRAUD_PATH: first };
    const textOf = async (options: RegistryOptions): Promise<string> => {
      const loader = createMockLoader();
      const registry = new MLServiceRegistry({ repository: repository(), loaders: [loader], ...options });
      const { info } = await registry.load('fraud', 'v1');
      expect(info.name).toBe('fraud');
      await registry.close();
      return Buffer.from(loader.loads[0]?.artefact.bytes ?? []).toString();
    };
    expect(await textOf({ env: {} })).toBe('1');
    expect(await textOf({ env })).toBe('from the environment');
    expect(await textOf({ env, models: { fraud: { path: second } } })).toBe('from the options');
    await expect(textOf({ env: { ML_MODEL_FRAUD_PATH: join(folder, 'gone.mock') } })).rejects.toMatchObject({
      code: 'ML_ARTEFACT_MISSING',
    });
    await rm(folder, { recursive: true });
  });

  it('variable names are the model name in upper case, everything else an underscore', async () => {
    const registry = new MLServiceRegistry({
      env: { ML_MODEL_FRAUD_DETECTOR_2_VERSION: 'v1' },
      repository: createMemoryRepository({ 'fraud-detector.2_v1.mock': '1', 'fraud-detector.2_v2.mock': '2' }),
      loaders: [createMockLoader()],
    });
    expect((await registry.resolve('fraud-detector.2')).label).toBe('v1');
  });
});

describe('names and versions', () => {
  const registry = createTestRegistry({ models: { fraud: createFakeModel({ predict: [1] }) } });

  it.each([undefined, null, '', 5, {}])('a model cannot be named %s', async (name) => {
    expect(() => registry.model(name as never)).toThrow(expect.objectContaining({ code: 'ML_OPTIONS_INVALID' }));
    await expect(registry.load(name as never)).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
    await expect(registry.unload(name as never)).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
  });

  it.each([null, '', 1, {}])('a version cannot be %s', async (version) => {
    expect(() => registry.model('fraud', version as never)).toThrow(
      expect.objectContaining({ code: 'ML_OPTIONS_INVALID', message: expect.stringContaining('the version of fraud') }),
    );
    await expect(registry.load('fraud', version as never)).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])('%s is a name like any other', async (name) => {
    await expect(registry.load(name)).rejects.toMatchObject({ code: 'ML_MODEL_NOT_FOUND' });
    // A name that stands for nothing is not kept.
    expect(registry.health().models).toEqual([]);
  });
});
