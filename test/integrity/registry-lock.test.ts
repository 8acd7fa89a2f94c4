import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  loadModel,
  lockModels,
  type MLServiceError,
  MLServiceRegistry,
  type RegistryOptions,
  verifyModel,
} from '../../src/index.ts';
import { createFakeModel, createMockLoader } from '../../src/testing/index.ts';
import { codeOf, folderWith, sha256, writeInto } from './signing.ts';

const MODELS = fileURLToPath(new URL('../../models/', import.meta.url));
const FRAUD = 'trained/fraud_detector_v1_20240101.onnx';

interface Place {
  readonly modelsDir: string;
  readonly lockFile: string;
}

/** A copy of the sample models with their lock beside it. */
async function lockedModels(): Promise<Place> {
  const folder = folderWith({});
  const modelsDir = join(folder, 'models');
  for (const part of ['trained', 'metadata']) await cp(join(MODELS, part), join(modelsDir, part), { recursive: true });
  const lockFile = join(folder, 'models.lock.json');
  await lockModels({ modelsDir, lockFile, env: {} });
  return { modelsDir, lockFile };
}

/** A model of a mock format with weights beside it, and a whole directory, locked. */
async function lockedMocks(): Promise<Place> {
  const folder = folderWith({
    'models/trained/m_v1/model.mock': 'graph',
    'models/trained/m_v1/weights.data': 'weights',
    'models/trained/tree_v1/saved_model.mock': 'tree',
    'models/trained/tree_v1/variables/one': 'one',
  });
  const place = { modelsDir: join(folder, 'models'), lockFile: join(folder, 'locks', 'models.lock.json') };
  await lockModels({ ...place, env: {} });
  return place;
}

function registryOf({ modelsDir, lockFile }: Place, options: RegistryOptions = {}): MLServiceRegistry {
  const registry = new MLServiceRegistry({
    modelsDir,
    authenticity: { lockFile },
    verification: 'off',
    env: {},
    ...options,
  });
  onTestFinished(() => registry.close());
  return registry;
}

const load = (place: Place, version = 'v1', name = 'fraud_detector', options: RegistryOptions = {}): Promise<string> =>
  codeOf(registryOf(place, options).load(name, version));

/** Reads `weights.data` when it is asked to load. */
const mock = (): ReturnType<typeof createMockLoader> =>
  createMockLoader({
    detect: ({ kind, name }) => kind === 'directory' || name.endsWith('.mock'),
    model: async ({ artefact }) => {
      const weights =
        artefact.kind === 'file' ? await artefact.read('./weights.data') : await artefact.read('variables/one');
      return createFakeModel({ predict: [weights.length] });
    },
  });

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}

describe('a lock', () => {
  test('lists models, their files and metadata, and is the same for the same files', async () => {
    const place = await lockedMocks();
    const first = await readFile(place.lockFile, 'utf8');
    const { lock, differences, written } = await lockModels({ ...place, check: true, env: {} });
    expect([differences, written]).toEqual([[], false]);
    await lockModels({ ...place, env: {} });
    expect(await readFile(place.lockFile, 'utf8')).toBe(first);
    expect(JSON.parse(first)).toEqual(lock);
    expect(lock.models['trained/m_v1/model.mock']).toEqual({
      name: 'm',
      version: 'v1',
      bytes: 5,
      sha256: sha256('graph'),
      metadata: [],
    });
    expect(lock.models['trained/tree_v1']?.files).toEqual({
      'saved_model.mock': sha256('tree'),
      'variables/one': sha256('one'),
    });
    expect(lock.files).toEqual({ 'trained/m_v1/weights.data': { bytes: 7, sha256: sha256('weights') } });
  });

  test('of the sample models names the metadata of each', async () => {
    const { lockFile } = await lockedModels();
    const { models, files } = JSON.parse(await readFile(lockFile, 'utf8')) as Awaited<
      ReturnType<typeof lockModels>
    >['lock'];
    expect(models[FRAUD]?.metadata).toContain('metadata/fraud_detector_v1_20240101.json');
    expect(Object.keys(files)).toContain('metadata/fraud_detector_v1_20240101.json');
  });

  test('in the models directory is refused, when it is written and when it is used', async () => {
    const { modelsDir } = await lockedModels();
    const lockFile = join(modelsDir, 'models.lock.json');
    expect(await codeOf(lockModels({ modelsDir, lockFile, env: {} }))).toBe('ML_OPTIONS_INVALID');
    expect(() => registryOf({ modelsDir, lockFile })).toThrow(/must be outside of the models directory/);
  });

  test('check tells what was added, changed, or is missing', async () => {
    const place = await lockedModels();
    const { modelsDir } = place;
    await edit(join(modelsDir, 'metadata', 'metrics.json'), (text) => `${text} `);
    await rm(join(modelsDir, FRAUD));
    writeInto(modelsDir, { 'trained/new_v1.pkl': 'x' });
    const { differences } = await lockModels({ ...place, check: true, env: {} });
    expect(differences).toEqual(
      expect.arrayContaining([
        { id: 'metadata/metrics.json', change: 'changed' },
        { id: FRAUD, change: 'missing' },
        { id: 'trained/new_v1.pkl', change: 'added' },
      ]),
    );
    await rm(place.lockFile);
    expect(await codeOf(lockModels({ ...place, check: true, env: {} }))).toBe('ML_LOCK_MISSING');
  });

  test('of a directory that is not there is none', async () => {
    const folder = folderWith({});
    const modelsDir = join(folder, 'nowhere');
    expect(await codeOf(lockModels({ modelsDir, lockFile: join(folder, 'l.json'), env: {} }))).toBe(
      'ML_ARTEFACT_MISSING',
    );
  });
});

describe('a registry with a lock', () => {
  test('loads what is pinned and tells so', async () => {
    const place = await lockedModels();
    const registry = registryOf(place);
    const facts: unknown[] = [];
    registry.on('verify:end', ({ authenticity }) => facts.push(authenticity));
    const model = await registry.load('fraud_detector', 'v1');
    expect(model.info.name).toBe('fraud_detector');
    expect(facts).toEqual([{ lock: 'ok', signature: 'off', signedBy: undefined }]);
    for (const record of await registry.models()) {
      expect((await registry.verify(record)).authenticity?.lock).toBe('ok');
    }
  });

  test('tells nothing of proofs where there is nothing to prove by', async () => {
    const registry = new MLServiceRegistry({ modelsDir: MODELS, env: {} });
    onTestFinished(() => registry.close());
    const events: unknown[] = [];
    registry.on('verify:end', (event) => events.push(Object.keys(event)));
    await registry.load('fraud_detector', 'v1');
    expect(events).toEqual([expect.not.arrayContaining(['authenticity'])]);
  });

  test.each<[string, (place: Place) => Promise<unknown>, string]>([
    [
      'a changed file',
      ({ modelsDir }) => cp(join(modelsDir, 'trained/fraud_detector_v2_20240301.onnx'), join(modelsDir, FRAUD)),
      'ML_LOCK_MISMATCH',
    ],
    [
      'other metadata',
      ({ modelsDir }) =>
        edit(join(modelsDir, 'metadata/fraud_detector_v1_20240101.json'), (text) =>
          text.replace('"amount", "merchant_category"', '"merchant_category", "amount"'),
        ),
      'ML_LOCK_MISMATCH',
    ],
    [
      'missing metadata',
      ({ modelsDir }) => rm(join(modelsDir, 'metadata/fraud_detector_v1_20240101.json')),
      'ML_LOCK_MISMATCH',
    ],
    ['no metadata at all', ({ modelsDir }) => rm(join(modelsDir, 'metadata'), { recursive: true }), 'ML_LOCK_MISMATCH'],
    [
      'new aliases for it',
      ({ modelsDir }) => writeFile(join(modelsDir, 'metadata/aliases.json'), '{"fraud_detector":{"champion":"v1"}}'),
      'ML_LOCK_MISMATCH',
    ],
    [
      'a file that another metadata file now describes',
      ({ modelsDir }) =>
        writeFile(
          join(modelsDir, 'metadata/a.json'),
          JSON.stringify({ name: 'fraud_detector', version: '1.0.0', file_path: FRAUD }),
        ),
      'ML_LOCK_MISMATCH',
    ],
    ['no lock file', ({ lockFile }) => rm(lockFile), 'ML_LOCK_MISSING'],
    ['a lock file that is none', ({ lockFile }) => writeFile(lockFile, '{'), 'ML_LOCK_INVALID'],
    [
      'a lock of another version',
      ({ lockFile }) => edit(lockFile, (text) => text.replace(': 1,', ': 2,')),
      'ML_LOCK_INVALID',
    ],
    [
      'a lock with a key twice',
      ({ lockFile }) => edit(lockFile, (text) => text.replace('{', '{"models":{},')),
      'ML_LOCK_INVALID',
    ],
    [
      'a lock with half a digest',
      ({ lockFile }) => edit(lockFile, (text) => text.replace(/"sha256": "[0-9a-f]{32}/, '"sha256": "')),
      'ML_LOCK_INVALID',
    ],
    [
      'another pinned size',
      ({ lockFile }) => edit(lockFile, (text) => text.replaceAll(/"bytes": \d+/g, '"bytes": 1')),
      'ML_LOCK_MISMATCH',
    ],
  ])('refuses %s', async (_, change, code) => {
    const place = await lockedModels();
    await change(place);
    expect(await load(place)).toBe(code);
    expect(
      await load(place, 'v1', 'fraud_detector', { authenticity: { policy: 'off', lockFile: place.lockFile } }),
    ).toBe('none');
  });

  test('refuses an old file under a new version', async () => {
    const place = await lockedModels();
    const { modelsDir } = place;
    await rename(join(modelsDir, FRAUD), join(modelsDir, 'trained/fraud_detector_v9_20260101.onnx'));
    expect(await load(place, 'latest')).toBe('ML_LOCK_MISSING');
    expect(await load(place, 'v2')).toBe('none');
  });

  test('refuses a new file unless what is not listed may pass', async () => {
    const place = await lockedModels();
    const { modelsDir, lockFile } = place;
    await cp(join(modelsDir, FRAUD), join(modelsDir, 'trained/other_v1.onnx'));
    const error: unknown = await registryOf(place)
      .load('other')
      .catch((caught: unknown) => caught);
    expect((error as MLServiceError).message).toContain('npx base-ml-service lock --out');
    expect(await load(place, 'v1', 'other')).toBe('ML_LOCK_MISSING');
    const authenticity = { policy: 'ifPresent', lockFile } as const;
    expect(await load(place, 'v1', 'other', { authenticity })).toBe('none');
    await cp(join(modelsDir, 'trained/fraud_detector_v2_20240301.onnx'), join(modelsDir, FRAUD));
    expect(await load(place, 'v1', 'fraud_detector', { authenticity })).toBe('ML_LOCK_MISMATCH');
  });

  test('reads the lock again once it was replaced', async () => {
    const place = await lockedModels();
    const registry = registryOf(place, { backoff: { initialMs: 0 } });
    await registry.load('fraud_detector', 'v1');
    await cp(join(place.modelsDir, FRAUD), join(place.modelsDir, 'trained/other_v1.onnx'));
    registry.refresh();
    expect(await codeOf(registry.load('other'))).toBe('ML_LOCK_MISSING');
    await lockModels({ ...place, env: {} });
    expect(await codeOf(registry.load('other'))).toBe('none');
  });

  test('is set by the environment, for the registry and not for files that the application chose', async () => {
    const { modelsDir, lockFile } = await lockedModels();
    await cp(join(modelsDir, FRAUD), join(modelsDir, 'trained/other_v1.onnx'));
    const registry = new MLServiceRegistry({ modelsDir, env: { ML_MODELS_LOCK: lockFile } });
    onTestFinished(() => registry.close());
    expect(await codeOf(registry.load('other'))).toBe('ML_LOCK_MISSING');
    expect(await codeOf(registry.load('fraud_detector', 'v1'))).toBe('none');
    process.env['ML_MODELS_LOCK'] = lockFile;
    onTestFinished(() => void delete process.env['ML_MODELS_LOCK']);
    const model = await loadModel(join(modelsDir, 'trained/other_v1.onnx'));
    await model.dispose();
  });

  test('holds for a path that was set for a model', async () => {
    const place = await lockedModels();
    const { modelsDir } = place;
    const outside = join(modelsDir, '..', 'other.onnx');
    await cp(join(modelsDir, FRAUD), outside);
    const by = (path: string): RegistryOptions => ({ models: { fraud_detector: { path } } });
    expect(await load(place, 'v1', 'fraud_detector', by(outside))).toBe('ML_LOCK_MISSING');
    expect(await load(place, 'v1', 'fraud_detector', by(join(modelsDir, FRAUD)))).toBe('none');
    await cp(join(modelsDir, 'trained/fraud_detector_v2_20240301.onnx'), join(modelsDir, FRAUD));
    expect(await load(place, 'v1', 'fraud_detector', by(join(modelsDir, FRAUD)))).toBe('ML_LOCK_MISMATCH');
  });

  test('proves a file beside the model as it is read', async () => {
    const place = await lockedMocks();
    const loaders = [mock()];
    expect(await load(place, 'v1', 'm', { loaders })).toBe('none');
    const companion = join(place.modelsDir, 'trained/m_v1/weights.data');
    const registry = registryOf(place, { loaders: [mock()] });
    // After the model itself was verified, before its weights are read.
    registry.on('verify:end', () => writeInto(place.modelsDir, { 'trained/m_v1/weights.data': 'WEIGHTS' }));
    expect(await codeOf(registry.load('m'))).toBe('ML_LOCK_MISMATCH');
    await rename(companion, join(place.modelsDir, 'trained/m_v1/other.data'));
    const reads = createMockLoader({
      model: async ({ artefact }) => createFakeModel({ predict: [(await artefact.read('other.data')).length] }),
    });
    expect(await load(place, 'v1', 'm', { loaders: [reads] })).toBe('ML_LOCK_MISSING');
  });

  test('gives the loader the bytes that were proved, whatever becomes of the file', async () => {
    const place = await lockedMocks();
    const given: string[] = [];
    const loader = createMockLoader({
      model: ({ artefact }) => {
        given.push(Buffer.from(artefact.bytes).toString());
        return createFakeModel({ predict: [0] });
      },
    });
    const registry = registryOf(place, { loaders: [loader] });
    registry.on('verify:end', () => writeInto(place.modelsDir, { 'trained/m_v1/model.mock': 'GRAPH' }));
    await registry.load('m');
    expect(given).toEqual(['graph']);
  });

  test('names the file of a directory that differs', async () => {
    const place = await lockedMocks();
    expect(await load(place, 'v1', 'tree', { loaders: [mock()] })).toBe('none');
    writeInto(place.modelsDir, { 'trained/tree_v1/variables/one': 'two' });
    const registry = registryOf(place, { loaders: [mock()] });
    await expect(registry.load('tree')).rejects.toMatchObject({
      code: 'ML_LOCK_MISMATCH',
      message: expect.stringContaining('(variables/one)'),
    });
    writeInto(place.modelsDir, { 'trained/tree_v1/variables/one': 'one', 'trained/tree_v1/variables/more': 'x' });
    expect(await load(place, 'v1', 'tree', { loaders: [mock()] })).toBe('ML_LOCK_MISMATCH');
  });

  test('proves single models for scripts', async () => {
    const { modelsDir, lockFile } = await lockedMocks();
    const verify = (path: string): ReturnType<typeof verifyModel> =>
      verifyModel(join(modelsDir, path), { lockFile, modelsDir, env: {} });
    expect(await verify('trained/m_v1/model.mock')).toMatchObject({
      lock: 'ok',
      signature: 'off',
      kind: 'file',
      bytes: 5,
    });
    expect(await verify('trained/tree_v1')).toMatchObject({ lock: 'ok', kind: 'directory', bytes: 7 });
    await mkdir(join(modelsDir, 'trained', 'tree_v1', 'x'));
    writeInto(modelsDir, { 'trained/tree_v1/x/y': '' });
    expect(await codeOf(verify('trained/tree_v1'))).toBe('ML_LOCK_MISMATCH');
    expect(await codeOf(verify('trained/nothing'))).toBe('ML_ARTEFACT_MISSING');
  });
});
