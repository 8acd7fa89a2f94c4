// Files of more than 1 GB, made of holes: what is asserted is how many bytes are read of them, not how long it takes.
import { type FileHandle, mkdtemp, open, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc32 } from '../../../src/formats/compression/checksums.ts';
import { inspectFile, LoaderRegistry, loadModel, type ModelLoader } from '../../../src/index.ts';
import { loader as safetensors } from '../../../src/loaders/safetensors/safetensors-loader.ts';
import { loader as torch } from '../../../src/loaders/torch/torch-loader.ts';

const GIB = 2 ** 30;
const SMALL = Float32Array.of(1, 2, 3, 4);
const small = Buffer.from(SMALL.buffer);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'large-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Pieces of a file at their places; everything between is a hole. */
async function writeSparse(
  name: string,
  size: number,
  pieces: readonly (readonly [at: number, bytes: Uint8Array])[],
): Promise<string> {
  const path = join(folder, name);
  const file: FileHandle = await open(path, 'w');
  for (const [at, bytes] of pieces) await file.write(bytes, 0, bytes.length, at);
  await file.close();
  await truncate(path, size);
  return path;
}

const u32 = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);
const u16 = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);
const text = (value: string): string => `X${u32(value.length).toString('latin1')}${value}`;
const int = (value: number): string => `J${u32(value).toString('latin1')}`;

function tensorText(key: string, count: number, view: readonly [offset: number, size: number] = [0, count]): string {
  const storage = `(${text('storage')}ctorch\nFloatStorage\n${text(key)}${text('cpu')}${int(count)}tQ`;
  return `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${int(view[0])}(${int(view[1])}t(${int(1)}t\x89ccollections\nOrderedDict\n)RtR`;
}

const BIG_COUNT = GIB / 4;
const PICKLED = Buffer.from(
  `\x80\x02}${text('big')}${tensorText('0', BIG_COUNT)}s${text('part')}${tensorText('0', BIG_COUNT, [BIG_COUNT - 1_000, 1_000])}s${text('small')}${tensorText('1', 4)}s.`,
  'latin1',
);

/** A zip archive of stored entries, each with its place, its size and what of it is no hole. */
async function zipFile(): Promise<string> {
  const entries = [
    { name: 'a/data.pkl', size: PICKLED.length, bytes: PICKLED, crc: crc32(PICKLED) },
    // Its checksum would need reading it; whoever reads it whole finds out.
    { name: 'a/data/0', size: GIB, bytes: Buffer.alloc(0), crc: 1 },
    { name: 'a/data/1', size: 16, bytes: small, crc: crc32(small) },
  ];
  const pieces: [number, Uint8Array][] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, size, bytes, crc } of entries) {
    const sizes = [u16(0, 0, 0, 0), u32(crc, size, size), u16(name.length, 0)];
    directory.push(u32(0x02014b50), u16(20, 20), ...sizes, u16(0, 0, 0), u32(0, at), Buffer.from(name));
    const head = Buffer.concat([u32(0x04034b50), u16(20), ...sizes, Buffer.from(name)]);
    pieces.push([at, head], [at + head.length, bytes]);
    at += head.length + size;
  }
  const all = Buffer.concat(directory);
  pieces.push(
    [at, all],
    [at + all.length, Buffer.concat([u32(0x06054b50), u16(0, 0, 3, 3), u32(all.length, at), u16(0)])],
  );
  return writeSparse('large.pth', at + all.length + 22, pieces);
}

async function streamFile(): Promise<string> {
  const head = Buffer.concat([
    Buffer.from([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]),
    Buffer.from(`\x80\x02${int(1001)}.\x80\x02}.`, 'latin1'),
    PICKLED,
    Buffer.from(`\x80\x02](${text('0')}${text('1')}e.`, 'latin1'),
  ]);
  const tail = head.length + 8 + GIB;
  return writeSparse('large.stream.pth', tail + 8 + 16, [
    [0, head],
    [head.length, u32(BIG_COUNT, 0)],
    [tail, u32(4, 0)],
    [tail + 8, small],
  ]);
}

async function safetensorsFile(bytes: number = GIB): Promise<string> {
  const header = JSON.stringify({
    big: { dtype: 'F32', shape: [bytes / 4], data_offsets: [0, bytes] },
    small: { dtype: 'F32', shape: [4], data_offsets: [bytes, bytes + 16] },
  });
  const head = Buffer.concat([u32(header.length, 0), Buffer.from(header)]);
  return writeSparse('large.safetensors', head.length + bytes + 16, [
    [0, head],
    [head.length + bytes, small],
  ]);
}

/** The loader, counting what it reads of the open file. */
function counting(loader: ModelLoader): { readonly loaders: LoaderRegistry; readonly read: () => number } {
  let bytes = 0;
  const counted: ModelLoader = {
    ...loader,
    load: (context) => {
      const { slices } = context.artefact;
      expect(slices).toBeDefined();
      expect(context.artefact.bytes).toHaveLength(0);
      const source = {
        size: slices?.size ?? 0,
        read: (offset: number, length: number) => {
          bytes += length;
          return slices?.read(offset, length);
        },
      };
      return loader.load({ ...context, artefact: { ...context.artefact, slices: source as typeof slices } });
    },
  };
  return { loaders: new LoaderRegistry([]).register(counted), read: () => bytes };
}

describe.each([
  ['zip archive', torch, zipFile],
  ['stream', torch, streamFile],
  ['safetensors', safetensors, () => safetensorsFile()],
] as const)('a %s of 1 GB', (_, loader, make) => {
  it('is listed from a few reads, and gives a tensor for one more', async () => {
    const path = await make();
    const { loaders, read } = counting(loader);
    const model = await loadModel(path, { loaders });
    expect(model.tensors.get('big')).toMatchObject({ shape: [BIG_COUNT], dtype: 'float32' });
    expect(model.info.bytes).toBeLessThan(100_000);
    expect(model.info.sha256).toBe('');
    const listed = read();
    expect(listed).toBeLessThan(1_200_000);
    expect((await model.tensor('small')).data).toEqual(SMALL);
    expect(read() - listed).toBe(16);
    if (model.tensors.has('part')) {
      expect((await model.tensor('part')).data).toEqual(new Float32Array(1_000));
      expect(read() - listed).toBe(4_016);
    }
    await model.dispose();
    await expect(model.tensor('small')).rejects.toMatchObject({ code: 'ML_MODEL_DISPOSED' });
  });
});

describe('a large file', () => {
  it('is hashed before it is parsed where a checksum is stated', async () => {
    const path = await safetensorsFile(80 * 2 ** 20);
    const { sha256, details } = await inspectFile(path);
    expect(details).toMatchObject({ tensors: 2 });
    const load = (checksum: string) => loadModel(path, { metadata: { checksum } });
    const model = await load(`sha256:${sha256}`);
    expect(model.info.sha256).toBe(sha256);
    expect((await model.tensor('small')).data).toEqual(SMALL);
    await model.dispose();
    await expect(load(`sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'ML_CHECKSUM_MISMATCH' });
    await expect(loadModel(path, { verification: 'require' })).rejects.toMatchObject({
      code: 'ML_CHECKSUM_MISSING',
      message: expect.stringContaining(sha256) as string,
    });
  });

  it('that changes while it is served is an error of the call', async () => {
    const path = await safetensorsFile(80 * 2 ** 20);
    const model = await loadModel(path);
    await truncate(path, 10_000);
    await expect(model.tensor('big')).rejects.toMatchObject({ code: 'ML_ARTEFACT_CHANGED' });
    await model.dispose();
  });

  it("is read whole by a user's own loader of its extension", async () => {
    const path = await writeSparse('own.safetensors', 80 * 2 ** 20, [[0, Buffer.from('mine')]]);
    const own: ModelLoader = {
      name: 'own',
      formats: ['safetensors'],
      load: ({ artefact }) => ({ value: artefact.bytes.length }),
    };
    const model = await loadModel(path, { loaders: new LoaderRegistry().register(own) });
    expect(model.value).toBe(80 * 2 ** 20);
    await model.dispose();
  });
});
