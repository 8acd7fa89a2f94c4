import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  encryptModel,
  inspectFile,
  loadModel,
  MLServiceRegistry,
  type RegistryOptions,
  scanFile,
} from '../../src/index.ts';
import { codeOf, folderOf } from '../repository/fixture.ts';

const MODELS = fileURLToPath(new URL('../../models', import.meta.url));
const NAME = 'tumor_classifier_v1_20240220';
const KEY = randomBytes(32);
const encryption = { key: () => KEY };
const file = (extension: string): string => join(MODELS, 'trained', `${NAME}.${extension}`);
const sample = JSON.parse(readFileSync(join(MODELS, 'samples', `${NAME}.json`), 'utf8')) as { input: number[][] };
const rows = sample.input.slice(0, 5);

async function encryptTo(folder: string, extension: string): Promise<string> {
  const path = join(folder, `${NAME}.${extension}.enc`);
  await encryptModel(file(extension), path, { key: KEY, keyId: 'team' });
  return path;
}

async function modelsDir(extension: string, checksum?: (bytes: Buffer) => string): Promise<string> {
  const root = folderOf();
  mkdirSync(join(root, 'trained'));
  mkdirSync(join(root, 'metadata'));
  const bytes = readFileSync(await encryptTo(join(root, 'trained'), extension));
  const stated = checksum?.(bytes);
  const metadata = {
    name: 'tumor_classifier',
    version: '1.0.0',
    file_size: bytes.length,
    ...(stated && { checksum: stated }),
  };
  writeFileSync(join(root, 'metadata', `${NAME}.json`), JSON.stringify(metadata));
  return root;
}

const registryOf = (root: string, options: RegistryOptions = {}): MLServiceRegistry =>
  new MLServiceRegistry({ env: {}, modelsDir: root, encryption, ...options });

const digest = (algorithm: string) => (bytes: Buffer) =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;

describe('an encrypted model', () => {
  it.each(['onnx', 'pkl'])('loads by its .%s and answers as the plain one', async (extension) => {
    const path = await encryptTo(folderOf(), extension);
    const warnings: string[] = [];
    const model = await loadModel(path, { encryption, on: { 'model:warning': ({ code }) => warnings.push(code) } });
    const plain = await loadModel(file(extension));
    expect(await model.predict(rows)).toEqual(await plain.predict(rows));
    expect(model.info).toMatchObject({ format: plain.info.format, path });
    expect(model.info.sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
    expect(warnings).toEqual([]);
    const bytes = new Uint8Array(readFileSync(path));
    const again = await loadModel({ bytes, name: 'x.enc' }, { encryption });
    expect(await again.predict(rows)).toEqual(await plain.predict(rows));
    await Promise.all([model.dispose(), plain.dispose(), again.dispose()]);
  });

  it.each(['inline', 'thread', 'process'] as const)('runs %s', async (place) => {
    const registry = registryOf(await modelsDir('pkl'), { execution: { place } });
    expect(await registry.model('tumor_classifier').predict(rows)).toHaveLength(5);
    expect(registry.execution()[0]?.place).toBe(place);
    await registry.close();
  });

  it.each(['sha256', 'sha512'])(
    'is found by its name and version, and compared by the %s of the file',
    async (algorithm) => {
      const root = await modelsDir('pkl', digest(algorithm));
      const registry = registryOf(root, { verification: 'require' });
      const [record] = await registry.models();
      expect(record).toMatchObject({ name: 'tumor_classifier', label: 'v1', date: '20240220', extension: 'pkl' });
      expect(await registry.model('tumor_classifier', 'v1').predict(rows)).toHaveLength(5);
      // Comparing takes no key.
      const keyless = new MLServiceRegistry({ env: {}, modelsDir: root });
      expect(await keyless.verify(record as never)).toMatchObject({ result: 'ok', algorithm });
      await registry.close();
    },
  );

  it('with a wrong checksum is refused as any other', async () => {
    const registry = registryOf(await modelsDir('pkl', () => `sha256:${'0'.repeat(64)}`));
    expect(await codeOf(registry.load('tumor_classifier'))).toBe('ML_CHECKSUM_MISMATCH');
  });

  it('beside a plain one of the same name leaves nothing to guess', async () => {
    const root = await modelsDir('pkl');
    copyFileSync(file('pkl'), join(root, 'trained', `${NAME}.pkl`));
    rmSync(join(root, 'metadata', `${NAME}.json`));
    expect(await codeOf(registryOf(root).load('tumor_classifier'))).toBe('ML_MODEL_AMBIGUOUS');
  });

  it('is not scanned or described without its key', async () => {
    const path = await encryptTo(folderOf(), 'pkl');
    expect(await scanFile(path)).toMatchObject({
      verdict: 'unsupported',
      findings: [{ code: 'ML_ENCRYPTION_KEY_MISSING' }],
    });
    expect(await scanFile(path, { encryption })).toMatchObject({ verdict: 'safe', format: 'pickle' });
    expect(await codeOf(inspectFile(path))).toBe('ML_ENCRYPTION_KEY_MISSING');
    expect(await inspectFile(path, { encryption })).toMatchObject({ format: 'pickle' });
    expect(await codeOf(loadModel(path))).toBe('ML_ENCRYPTION_KEY_MISSING');
  });

  it('that was replaced by a plain file is refused by its name', async () => {
    const root = folderOf();
    copyFileSync(file('pkl'), join(root, 'm.pkl.enc'));
    expect(await codeOf(loadModel(join(root, 'm.pkl.enc'), { encryption }))).toBe('ML_ENCRYPTION_INVALID');
  });

  it('is asked for its key once per load, and its key is in no event', async () => {
    const asked: string[] = [];
    const told: string[] = [];
    const registry = registryOf(await modelsDir('pkl'), {
      encryption: {
        key(id) {
          asked.push(id);
          return KEY;
        },
      },
    });
    for (const event of ['load:start', 'load:end', 'load:error', 'model:warning', 'verify:end'] as const)
      registry.on(event, (payload) => told.push(JSON.stringify(payload)));
    await registry.load('tumor_classifier');
    expect(asked).toEqual(['team']);
    expect(told.join()).not.toMatch(new RegExp(`${KEY.toString('hex')}|${JSON.stringify([...KEY]).slice(1, -1)}`));
    await registry.close();
  });

  it('is not converted by Python, which would leave the plain content on a disk', async () => {
    const root = folderOf();
    const source = fileURLToPath(new URL('../sidecar/files/one_class.pkl', import.meta.url));
    await encryptModel(source, join(root, 'm.pkl.enc'), { key: KEY, keyId: 'team' });
    const error = await loadModel(join(root, 'm.pkl.enc'), { encryption, sidecar: 'auto' }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
      message: expect.stringContaining('on disk in the clear'),
    });
  });
});

describe('files beside a model', () => {
  const index = { weight_map: { w: 'part.safetensors' }, metadata: {} };
  const header = JSON.stringify({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } });
  const shard = Buffer.concat([
    Buffer.from(BigUint64Array.of(BigInt(header.length)).buffer),
    Buffer.from(header),
    Buffer.from(Float32Array.of(1.5, -2).buffer),
  ]);

  it('are decrypted, and have to be encrypted where the model is', async () => {
    const root = folderOf({ 'plain/part.safetensors': shard, 'plain/m.safetensors.index.json': index });
    const names = ['part.safetensors', 'm.safetensors.index.json'];
    for (const folder of ['both', 'mixed', 'shard']) mkdirSync(join(root, folder));
    const seal = (name: string, folder: string): Promise<unknown> =>
      encryptModel(join(root, 'plain', name), join(root, folder, name), { key: KEY, keyId: 'team' });
    for (const name of names) await seal(name, 'both');
    await seal('m.safetensors.index.json', 'mixed');
    copyFileSync(join(root, 'plain/part.safetensors'), join(root, 'mixed/part.safetensors'));
    await seal('part.safetensors', 'shard');
    copyFileSync(join(root, 'plain/m.safetensors.index.json'), join(root, 'shard/m.safetensors.index.json'));
    const load = async (folder: string): Promise<number[]> => {
      const model = await loadModel(join(root, folder, 'm.safetensors.index.json'), { encryption });
      return [...((await model.tensor('w')).data as Float32Array)];
    };
    expect(await load('plain')).toEqual([1.5, -2]);
    expect(await load('both')).toEqual([1.5, -2]);
    expect(await load('shard')).toEqual([1.5, -2]);
    expect(await codeOf(load('mixed'))).toBe('ML_ENCRYPTION_INVALID');
  });
});
