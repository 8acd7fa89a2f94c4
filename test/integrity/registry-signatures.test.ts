import { cp, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadModel, lockModels, MLServiceRegistry, type RegistryOptions } from '../../src/index.ts';
import { createFakeModel, createMockLoader, createMemoryRepository } from '../../src/testing/index.ts';
import { bundleOf, codeOf, folderWith, keyPair, resourcesOf, sha256, statementOf, writeInto } from './signing.ts';

const MODELS = fileURLToPath(new URL('../../models/', import.meta.url));
const KEYS = keyPair();
const TRUST = { signatures: [{ publicKey: KEYS.pem }] };
const FILES = { 'model.mock': 'graph', 'weights.data': 'weights' };

const signatureOf = (files: Readonly<Record<string, string>>): string =>
  JSON.stringify(bundleOf(statementOf(resourcesOf(files)), KEYS));

function registryOf(modelsDir: string, options: RegistryOptions = {}): MLServiceRegistry {
  const registry = new MLServiceRegistry({
    modelsDir,
    authenticity: TRUST,
    env: {},
    backoff: { initialMs: 0 },
    ...options,
  });
  onTestFinished(() => registry.close());
  return registry;
}

/** Reads `weights.data` when it is asked to load, unless told to read something else. */
const mock = (read: string | undefined = 'weights.data'): ReturnType<typeof createMockLoader> =>
  createMockLoader({
    detect: ({ kind, name }) => kind === 'directory' || name.endsWith('.mock'),
    model: async ({ artefact }) => {
      if (read !== '') await artefact.read(read);
      return createFakeModel({ predict: [artefact.size] });
    },
  });

describe('a registry with a trusted key', () => {
  test('loads a file with its signature beside it, and tells who signed', async () => {
    const modelsDir = folderWith({});
    await cp(join(MODELS, 'trained'), join(modelsDir, 'trained'), { recursive: true });
    const name = 'fraud_detector_v1_20240101.onnx';
    const path = join(modelsDir, 'trained', name);
    const bytes = (await loadBytes(path)).toString('latin1');
    const digest = { name: '.', digest: sha256(Buffer.from(bytes, 'latin1')), algorithm: 'sha256' };
    await writeFile(`${path}.sig`, JSON.stringify(bundleOf(statementOf([digest]), KEYS)));
    const registry = registryOf(modelsDir);
    const facts: unknown[] = [];
    registry.on('verify:end', ({ authenticity }) => facts.push(authenticity));
    await registry.load('fraud_detector', 'v1');
    const signedBy = { path: `${path}.sig`, method: 'key', signer: sha256(KEYS.pem), subject: 'model', files: 1 };
    expect(facts).toEqual([{ lock: 'off', signature: 'ok', signedBy }]);
    expect(await codeOf(registry.load('fraud_detector', 'v2'))).toBe('ML_SIGNATURE_MISSING');
    // In a worker the model is read here as well.
    const threads = registryOf(modelsDir, { execution: { place: 'thread' } });
    expect(await codeOf(threads.load('fraud_detector', 'v1'))).toBe('none');
    await cp(join(modelsDir, 'trained/fraud_detector_v2_20240301.onnx'), path);
    expect(await codeOf(registryOf(modelsDir).load('fraud_detector', 'v1'))).toBe('ML_SIGNATURE_MISMATCH');
    expect(await codeOf(threads.load('fraud_detector', 'v1'))).not.toBe('none');
  });

  test('loads a file of a signed folder with what lies beside it', async () => {
    const modelsDir = folderWith({});
    writeInto(join(modelsDir, 'trained/m_v1'), { ...FILES, 'model.sig': signatureOf(FILES) });
    const registry = registryOf(modelsDir, { loaders: [mock()] });
    expect((await registry.models()).map(({ id }) => id)).toEqual(['trained/m_v1/model.mock']);
    expect(await codeOf(registry.load('m'))).toBe('none');
    writeInto(modelsDir, { 'trained/m_v1/extra.data': '' });
    // The artefact itself is as it was, so that this registry keeps the model that it has.
    expect(await codeOf(registryOf(modelsDir, { loaders: [mock()] }).load('m'))).toBe('ML_SIGNATURE_MISMATCH');
  });

  test('proves what lies beside a model as it is read', async () => {
    const modelsDir = folderWith({});
    writeInto(join(modelsDir, 'trained/m_v1'), { ...FILES, 'model.sig': signatureOf(FILES) });
    const registry = registryOf(modelsDir, { loaders: [mock()] });
    registry.on('verify:end', () => writeInto(modelsDir, { 'trained/m_v1/weights.data': 'WEIGHTS' }));
    await expect(registry.load('m')).rejects.toMatchObject({
      code: 'ML_SIGNATURE_MISMATCH',
      message: expect.stringContaining('weights.data is not what was signed'),
    });
  });

  test('reads no file that the signature does not cover', async () => {
    const modelsDir = folderWith({});
    const folder = join(modelsDir, 'trained/m_v1');
    const statement = statementOf(resourcesOf({ 'model.mock': 'graph' }), {
      serialization: { ignore_paths: ['weights.data'] },
    });
    writeInto(folder, { ...FILES, 'model.sig': JSON.stringify(bundleOf(statement, KEYS)) });
    const left = registryOf(modelsDir, { loaders: [mock()] });
    await expect(left.load('m')).rejects.toMatchObject({
      code: 'ML_SIGNATURE_MISMATCH',
      message: expect.stringContaining('weights.data is needed by the model and was not signed with it'),
    });
    // A file signed by itself covers no other.
    await rm(join(folder, 'model.sig'));
    await writeFile(join(folder, 'model.mock.sig'), signatureOf({ 'model.mock': 'graph' }));
    expect(await codeOf(registryOf(modelsDir, { loaders: [mock()] }).load('m'))).toBe('ML_SIGNATURE_MISMATCH');
    expect(await codeOf(registryOf(modelsDir, { loaders: [mock('')] }).load('m'))).toBe('none');
  });

  test('loads a directory with its signature in it or beside it', async () => {
    const modelsDir = folderWith({});
    const files = { 'saved_model.mock': 'tree', 'variables/one': 'one' };
    const folder = join(modelsDir, 'trained/tree_v1');
    writeInto(folder, { ...files, 'model.sig': signatureOf(files) });
    const load = (): Promise<string> =>
      codeOf(registryOf(modelsDir, { loaders: [mock('variables/one')] }).load('tree'));
    expect(await load()).toBe('none');
    await rename(join(folder, 'model.sig'), `${folder}.sig`);
    expect(await load()).toBe('none');
    writeInto(folder, { 'variables/one': 'two' });
    expect(await load()).toBe('ML_SIGNATURE_MISMATCH');
    writeInto(folder, { 'variables/one': 'one', '.hidden': 'x' });
    expect(await load()).toBe('ML_SIGNATURE_MISMATCH');
  });

  test('asks for lock and signature where both are configured', async () => {
    const folder = folderWith({});
    const modelsDir = join(folder, 'models');
    writeInto(join(modelsDir, 'trained/m_v1'), { ...FILES, 'model.sig': signatureOf(FILES) });
    const lockFile = join(folder, 'lock.json');
    await lockModels({ modelsDir, lockFile, env: {} });
    const authenticity = { ...TRUST, lockFile };
    const load = (): Promise<string> => codeOf(registryOf(modelsDir, { authenticity, loaders: [mock()] }).load('m'));
    expect(await load()).toBe('none');
    const other = { 'model.mock': 'graph', 'weights.data': 'other!!' };
    writeInto(join(modelsDir, 'trained/m_v1'), { ...other, 'model.sig': signatureOf(other) });
    expect(await load()).toBe('ML_LOCK_MISMATCH');
    await lockModels({ modelsDir, lockFile, env: {} });
    expect(await load()).toBe('none');
    await rm(join(modelsDir, 'trained/m_v1/model.sig'));
    expect(await load()).toBe('ML_SIGNATURE_MISSING');
  });

  test('finds no signature in a repository that has no folders', async () => {
    const { repository } = { repository: createMemoryRepository({ 'm_v1.mock': { bytes: new Uint8Array([1]) } }) };
    const load = (policy: 'require' | 'ifPresent'): Promise<string> =>
      codeOf(
        registryOf('/nonexistent', { repository, loaders: [mock('')], authenticity: { ...TRUST, policy } }).load('m'),
      );
    expect([await load('require'), await load('ifPresent')]).toEqual(['ML_SIGNATURE_MISSING', 'none']);
  });

  test('does not follow a signature out of the models directory', async () => {
    const folder = folderWith({ 'outside.sig': '{"mediaType":"x"}' });
    const modelsDir = join(folder, 'models');
    writeInto(modelsDir, { 'trained/m_v1.mock': 'graph' });
    const { symlink } = await import('node:fs/promises');
    await symlink(join(folder, 'outside.sig'), join(modelsDir, 'trained/m_v1.mock.sig'));
    expect(await codeOf(registryOf(modelsDir, { loaders: [mock('')] }).load('m'))).toBe('ML_ARTEFACT_ESCAPES');
  });
});

describe('loadModel with a trusted key', () => {
  test('proves a file that stays open and is read in pieces', async () => {
    const path = join(folderWith({}), 'm.safetensors');
    const values = 17 * 2 ** 20;
    const header = Buffer.from(JSON.stringify({ w: { dtype: 'F32', shape: [values], data_offsets: [0, values * 4] } }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const file = await open(path, 'w+');
    await file.write(Buffer.concat([length, header]));
    await file.truncate(8 + header.length + values * 4);
    await file.close();
    const digest = sha256(await loadBytes(path));
    const statement = statementOf([{ name: 'm.safetensors', digest, algorithm: 'sha256' }]);
    await writeFile(`${path}.sig`, JSON.stringify(bundleOf(statement, KEYS)));
    const model = await loadModel(path, { authenticity: TRUST });
    expect(model.info.sha256).toBe('');
    await model.dispose();
    const changed = await open(path, 'r+');
    await changed.write(Buffer.from([1]), 0, 1, 8 + header.length + values * 2);
    await changed.close();
    expect(await codeOf(loadModel(path, { authenticity: TRUST }))).toBe('ML_SIGNATURE_MISMATCH');
  });

  test('refuses bytes, which have no signature', async () => {
    const source = { bytes: await loadBytes(join(MODELS, 'trained/fraud_detector_v1_20240101.onnx')), name: 'm.onnx' };
    expect(await codeOf(loadModel(source, { authenticity: TRUST }))).toBe('ML_SIGNATURE_MISSING');
  });
});

async function loadBytes(path: string): Promise<Buffer> {
  const { readFile } = await import('node:fs/promises');
  return readFile(path);
}
