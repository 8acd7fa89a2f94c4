import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectFile, loadModel, scanFile } from '../../../src/index.ts';
import { loader } from '../../../src/loaders/safetensors/safetensors-loader.ts';
import { loaderContract } from '../../../src/testing/index.ts';
import { outcome } from '../../formats/joblib/files.ts';

function safetensors(header: object, data: Uint8Array): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
const one = (name: string, ...values: number[]): Uint8Array =>
  safetensors(
    {
      __metadata__: { format: 'pt' },
      [name]: { dtype: 'F32', shape: [values.length], data_offsets: [0, values.length * 4] },
    },
    floats(...values),
  );

loaderContract(
  { describe, it },
  { loader, artefact: { name: 'model.safetensors', bytes: one('w', 1, 2, 3) }, rows: [], expected: {} },
);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (name: string, content: Uint8Array | object): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content instanceof Uint8Array ? content : JSON.stringify(content));
  return path;
};

describe('one file', () => {
  it('gives tensors and metadata', async () => {
    const path = await write('model.safetensors', one('net.0.weight', 1.5, -2, 3));
    const model = await loadModel(path);
    expect(model.info).toMatchObject({ format: 'safetensors', inputs: [], outputs: [] });
    expect(model.tensors.get('net.0.weight')).toMatchObject({ shape: [3], dtype: 'float32' });
    const { data, bytes } = await model.tensor('net.0.weight');
    expect(data).toEqual(Float32Array.of(1.5, -2, 3));
    expect(Buffer.from(bytes).equals(floats(1.5, -2, 3))).toBe(true);
    expect(model.value).toEqual(new Map([['format', 'pt']]));
    await expect(model.predict([[1]])).rejects.toMatchObject({ code: 'ML_MODEL_METHOD_UNSUPPORTED' });
    await model.dispose();
    expect((await scanFile(path)).verdict).toBe('safe');
    expect((await inspectFile(path)).details).toMatchObject({
      tensors: 1,
      parameters: 3,
      metadata: { format: 'pt' },
      modules: [{ module: 'net.0', parameters: 3, tensors: { weight: 'float32 [3]' } }],
    });
  });
});

describe('several files', () => {
  const index = (map: Record<string, string>) => ({ metadata: { total_size: 20 }, weight_map: map });
  const files = { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' };

  async function shards(): Promise<string> {
    await write(files.a, one('a', 1, 2));
    await write(files.b, one('b', 3, 4, 5));
    return write('model.safetensors.index.json', index(files));
  }

  it('are read by their index', async () => {
    const path = await shards();
    expect((await scanFile(path)).verdict).toBe('safe');
    const model = await loadModel(path);
    expect([...model.tensors.keys()]).toEqual(['a', 'b']);
    expect((await model.tensor('b')).data).toEqual(Float32Array.of(3, 4, 5));
    expect(model.value).toEqual(new Map([['total_size', '20']]));
    await model.dispose();
  });

  it('are read from their directory, which may hold other files', async () => {
    await shards();
    await write('config.json', {});
    const model = await loadModel(folder);
    expect(model.info.format).toBe('safetensors');
    expect((await model.tensor('a')).data).toEqual(Float32Array.of(1, 2));
    await model.dispose();
  });

  it('without an index are refused', async () => {
    await write(files.a, one('a', 1));
    await write(files.b, one('b', 1));
    expect(await outcome(() => loadModel(folder))).toBe('ML_FORMAT_UNSUPPORTED');
  });

  it('may be one in a directory', async () => {
    await write('model.safetensors', one('a', 1));
    const model = await loadModel(folder);
    expect((await model.tensor('a')).data).toEqual(Float32Array.of(1));
    await model.dispose();
  });

  it.each<[string, object, code: string]>([
    ['a shard that is missing', index({ ...files, c: 'model-3.safetensors' }), 'ML_ARTEFACT_MISSING'],
    ['a shard outside', index({ ...files, c: '../x.safetensors' }), 'ML_ARTEFACT_ESCAPES'],
    ['a tensor that no shard holds', index({ ...files, c: files.a }), 'ML_FORMAT_MALFORMED'],
    ['a tensor that the index does not know', index({ a: files.a, x: files.b }), 'ML_FORMAT_MALFORMED'],
    ['a tensor in the other shard', index({ a: files.b, b: files.a }), 'ML_FORMAT_MALFORMED'],
    ['a shard of another kind', index({ ...files, c: 'x.bin' }), 'ML_FORMAT_MALFORMED'],
  ])('%s', async (_, content, code) => {
    await shards();
    await mkdir(join(folder, 'sub'), { recursive: true });
    const path = await write('model.safetensors.index.json', content);
    expect(await outcome(() => loadModel(path))).toBe(code);
  });
});
