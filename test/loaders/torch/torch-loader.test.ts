import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectFile, loadModel, type Model, scanFile } from '../../../src/index.ts';
import { loader } from '../../../src/loaders/torch/torch-loader.ts';
import { loaderContract } from '../../../src/testing/index.ts';
import { makeZip } from '../../formats/zip/make-zip.ts';
import { outcome } from '../../formats/joblib/files.ts';
import { FOLDER, torchFixtures } from './torch-files.ts';

const file = (name: string): Buffer => readFileSync(join(FOLDER, `${name}.pth`));

async function using<T>(name: string, work: (model: Model) => Promise<T>): Promise<T> {
  const model = await loadModel(join(FOLDER, `${name}.pth`));
  try {
    return await work(model);
  } finally {
    await model.dispose();
  }
}

for (const name of ['checkpoint_adam', 'views.stream']) {
  loaderContract(
    { describe, it },
    { loader, artefact: { name: `${name}.pth`, bytes: file(name) }, rows: [], expected: {} },
  );
}

describe('files of PyTorch', () => {
  it.each(torchFixtures())('$name', async ({ name, path, tensors, unreadable }) => {
    expect((await scanFile(path)).findings).toEqual([]);
    await using(name, async (model) => {
      expect([...model.tensors.keys()]).toEqual(Object.keys(tensors));
      for (const [key, { shape, dtype, sha256, values }] of Object.entries(tensors)) {
        expect(model.tensors.get(key)).toMatchObject({ shape, dtype });
        if (unreadable.includes(key)) {
          await expect(model.tensor(key)).rejects.toMatchObject({ code: 'ML_FORMAT_UNSUPPORTED' });
          continue;
        }
        const tensor = await model.tensor(key);
        expect(tensor).toMatchObject({ name: key, shape, dtype });
        expect(createHash('sha256').update(tensor.bytes).digest('hex'), key).toBe(sha256);
        const data = tensor.data as ArrayLike<number | bigint>;
        for (const [i, text] of (values ?? []).entries())
          expect(data[i], `${key}[${i}]`).toEqual(numberOf(text, data[i]));
      }
    });
  });
});

/** PyTorch's text of a number, in the type that it has here. */
function numberOf(text: string | number, like: unknown): number | bigint {
  if (typeof like === 'bigint') return BigInt(text);
  return text === 'nan' ? Number.NaN : Number(String(text).replace('inf', 'Infinity'));
}

describe('what stands beside the tensors', () => {
  it.each(['checkpoint_adam', 'checkpoint_adam.stream'])('%s', async (name) => {
    await using(name, async (model) => {
      const value = model.value as Map<string, unknown>;
      expect(value.get('epoch')).toBe(7);
      expect(value.get('best')).toBe(0.25);
      expect(value.get('history')).toMatchObject({ shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) });
      expect(value.get('args')).toEqual(
        new Map<string, unknown>([
          ['lr', 0.1],
          ['out', '/a/b'],
        ]),
      );
      expect(value.get('device')).toBe('cpu');
      expect(value.get('size')).toEqual([3, 4]);
      expect(value.get('dtype')).toBe('torch.float16');
      expect(value.get('classes')).toEqual(['a', 'ü', null, true]);
      expect(value.get('counter')).toEqual(
        new Map([
          ['a', 2],
          ['b', 2],
        ]),
      );
      expect(value.get('default')).toEqual(new Map([['k', [1]]]));
      expect((value.get('model_state_dict') as Map<string, unknown>).get('0.bias')).toEqual({
        tensor: 'model_state_dict.0.bias',
      });
      expect((value.get('scheduler') as Map<string, unknown>).get('last_epoch')).toBe(2);
      const groups = (value.get('optimizer_state_dict') as Map<string, unknown>).get('param_groups');
      expect((groups as Map<string, unknown>[])[0]?.get('params')).toEqual([0, 1, 2, 3, 4, 5]);
      return Promise.resolve();
    });
  });

  it('says what to do where a prediction is asked for', async () => {
    await using('parameters', async (model) => {
      await expect(model.predict([[1]])).rejects.toMatchObject({
        code: 'ML_MODEL_METHOD_UNSUPPORTED',
        message: expect.stringContaining('tensor(name)') as string,
      });
      await expect(model.tensor('nothing')).rejects.toMatchObject({
        code: 'ML_MODEL_PART_UNKNOWN',
        message: expect.stringContaining('p, q') as string,
      });
    });
  });

  it('describes a file', async () => {
    const { format, details } = await inspectFile(join(FOLDER, 'checkpoint_adam.pth'));
    expect(format).toBe('torch');
    expect(details).toMatchObject({ container: 'zip archive', protocol: 2, dtypes: { int64: 1, uint8: 1 } });
    expect(details?.['modules']).toContainEqual({
      module: 'model_state_dict.0',
      parameters: 112,
      tensors: { weight: 'float32 [4, 3, 3, 3]', bias: 'float32 [4]' },
    });
  });
});

/** Text of a pickle of protocol 2 around what `body` pushes. */
const pickle = (body: string): Buffer => Buffer.from(`\x80\x02${body}.`, 'latin1');
const text = (value: string): string => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
const int = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return `J${bytes.toString('latin1')}`;
};
const tuple = (...values: number[]): string => `(${values.map(int).join('')}t`;

/** A tensor of a storage "0" of floats. */
function tensorText({ count = 6, offset = 0, size = [2, 3], stride = [3, 1] } = {}): string {
  const storage = `(${text('storage')}ctorch\nFloatStorage\n${text('0')}${text('cpu')}${int(count)}tQ`;
  return `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${int(offset)}${tuple(...size)}${tuple(...stride)}\x89ccollections\nOrderedDict\n)RtR`;
}

const entry = (key: string, value: string): string => `${text(key)}${value}s`;

function archive(pickled: Buffer, { bytes = 24, more = {} as Record<string, string> } = {}): Uint8Array {
  return makeZip([
    { name: 'a/data.pkl', content: pickled },
    ...(bytes < 0 ? [] : [{ name: 'a/data/0', content: new Uint8Array(bytes) }]),
    { name: 'a/version', content: '3\n' },
    ...Object.entries(more).map(([name, content]) => ({ name, content })),
  ]);
}

describe('what is refused', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'torch-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const dict = (body: string): Buffer => pickle(`}${body}`);
  const cases: Record<string, [code: string, bytes: () => Uint8Array]> = {
    'a storage smaller than declared': ['MALFORMED', () => archive(dict(entry('w', tensorText())), { bytes: 20 })],
    'a storage larger than declared': ['MALFORMED', () => archive(dict(entry('w', tensorText())), { bytes: 28 })],
    'a storage that is missing': ['MALFORMED', () => archive(dict(entry('w', tensorText())), { bytes: -1 })],
    'a view behind the end': ['MALFORMED', () => archive(dict(entry('w', tensorText({ offset: 1 }))))],
    'a view with a stride too large': ['MALFORMED', () => archive(dict(entry('w', tensorText({ stride: [3, 2] }))))],
    'a view with a shape too large': [
      'MALFORMED',
      () => archive(dict(entry('w', tensorText({ size: [2_000_000_000, 2_000_000_000] })))),
    ],
    'a negative stride': ['MALFORMED', () => archive(dict(entry('w', tensorText({ offset: 5, stride: [-3, -1] }))))],
    'a negative offset': ['MALFORMED', () => archive(dict(entry('w', tensorText({ offset: -1 }))))],
    'fewer strides than sizes': ['MALFORMED', () => archive(dict(entry('w', tensorText({ stride: [3] }))))],
    'a negative count': ['MALFORMED', () => archive(dict(entry('w', tensorText({ count: -6 }))))],
    'an unknown byte order': [
      'MALFORMED',
      () => archive(dict(entry('w', tensorText())), { more: { 'a/byteorder': 'middle' } }),
    ],
    'two pickles': ['MALFORMED', () => archive(dict(''), { more: { 'b/data.pkl': 'N.' } })],
    'a call': ['UNSAFE', () => archive(dict(entry('w', `cos\nsystem\n(${text('true')}tR`)))],
    'a call of an unknown name': ['UNSAFE', () => archive(dict(entry('w', `cmy.code\nrun\n)R`)))],
    'a smuggled function': [
      'UNSAFE',
      () => archive(dict(entry('w', `ctorch._tensor\n_rebuild_from_type_v2\n(cmy.code\nrun\nctorch\nTensor\n)}tR`))),
    ],
    'a tensor of another class': [
      'UNSUPPORTED',
      () =>
        archive(
          dict(
            entry(
              'w',
              `ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\ncmy.code\nMyTensor\n)}tR`,
            ),
          ),
        ),
    ],
    'a whole module': [
      'UNSUPPORTED',
      () => archive(pickle(`cmy.code\nNet\n)\x81}${entry('_modules', '}')}${entry('_parameters', '}')}b`)),
    ],
    'two tensors of one name': [
      'UNSUPPORTED',
      () => archive(dict(`${entry('a.b', tensorText())}${entry('a', `}${entry('b', tensorText())}`)}`)),
    ],
    'a tar archive': ['UNSUPPORTED', () => tar()],
    'no file of PyTorch': ['MALFORMED', () => Buffer.alloc(600, 7)],
    'a stream with bytes behind it': ['MALFORMED', () => Buffer.concat([file('shared.stream'), Buffer.from('x')])],
    'a stream that ends in a storage': ['TRUNCATED', () => file('shared.stream').subarray(0, -5)],
    'an archive that ends early': ['TRUNCATED', () => file('shared').subarray(0, -200)],
  };

  it.each(Object.entries(cases))('%s', async (_, [code, make]) => {
    const path = join(folder, 'file.pth');
    await writeFile(path, make());
    expect(await outcome(() => loadModel(path))).toBe(`ML_FORMAT_${code}`);
    expect((await scanFile(path)).verdict).toBe(
      code === 'UNSAFE' ? 'unsafe' : code === 'UNSUPPORTED' ? 'unsupported' : 'malformed',
    );
  });

  it('an archive without damage is none of these', async () => {
    const path = join(folder, 'file.pth');
    await writeFile(path, archive(dict(entry('w', tensorText()))));
    const model = await loadModel(path);
    expect(model.tensors).toEqual(
      new Map([['w', expect.objectContaining({ shape: [2, 3], dtype: 'float32' }) as unknown]]),
    );
    expect((await model.tensor('w')).data).toEqual(new Float32Array(6));
    expect((await scanFile(path)).verdict).toBe('safe');
  });

  it('an expanded tensor beyond the limit, when it is read', async () => {
    const path = join(folder, 'file.pth');
    await writeFile(path, archive(dict(entry('w', tensorText({ size: [2_000_000_000, 2], stride: [0, 0] })))));
    const model = await loadModel(path);
    expect(await outcome(() => model.tensor('w'))).toBe('ML_FORMAT_LIMIT');
  });

  it('names whose number explodes, in bounded time', async () => {
    // Each list holds the one before it 16 times; the innermost holds a tensor.
    let body = `]${tensorText()}a`;
    for (let i = 0; i < 12; i++)
      body = `${body}q${String.fromCharCode(i)}0(${`h${String.fromCharCode(i)}`.repeat(16)}l`;
    const path = join(folder, 'file.pth');
    await writeFile(path, archive(pickle(body)));
    expect(await outcome(() => loadModel(path))).toBe('ML_FORMAT_LIMIT');
  });

  it('objects of unknown classes are left unread with a warning', async () => {
    const path = join(folder, 'file.pth');
    await writeFile(
      path,
      archive(dict(`${entry('w', tensorText())}${entry('cfg', `cmy.code\nConfig\n)\x81}${entry('lr', int(1))}b`)}`)),
    );
    const warnings: string[] = [];
    const model = await loadModel(path, { on: { 'model:warning': ({ message }) => warnings.push(message) } });
    expect([...model.tensors.keys()]).toEqual(['w']);
    expect(model.value).toEqual(
      new Map<string, unknown>([
        ['w', { tensor: 'w' }],
        ['cfg', { unread: 'my.code.Config' }],
      ]),
    );
    expect(warnings).toEqual([expect.stringContaining('my.code.Config at cfg')]);
    expect((await scanFile(path)).verdict).toBe('unsupported');
  });

  it('entries that belong to no part of the format are told by a scan', async () => {
    const path = join(folder, 'file.pth');
    await writeFile(path, archive(dict(''), { more: { 'a/evil.pkl': 'x' } }));
    expect(await scanFile(path)).toMatchObject({
      verdict: 'unsupported',
      findings: [{ message: expect.stringContaining('evil.pkl') as string }],
    });
  });
});

function tar(): Uint8Array {
  const bytes = Buffer.alloc(1024);
  bytes.write('sys_info', 0);
  bytes.write('ustar', 257);
  return bytes;
}
