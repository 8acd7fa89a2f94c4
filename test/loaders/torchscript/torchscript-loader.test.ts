import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectFile, loadModel, type Model, scanFile, type ScanReport } from '../../../src/index.ts';
import { readZip } from '../../../src/formats/zip/read-zip.ts';
import { loader } from '../../../src/loaders/torchscript/torchscript-loader.ts';
import type { TensorLike } from '../../../src/spec/tensor.ts';
import { loaderContract } from '../../../src/testing/index.ts';
import { LIMITS, makeZip } from '../../formats/zip/make-zip.ts';
import { difference, feedsOf, type NamedTensor } from '../../reference/torchscript/compare.mjs';

interface Case {
  readonly inputs: readonly NamedTensor[];
  readonly expected: readonly NamedTensor[];
}

/** Made by test/reference/torchscript/generate.py with PyTorch 2.15.0, --seed 1. */
const OWN = fileURLToPath(new URL('../../fixtures/torchscript/', import.meta.url));
const SHARED = fileURLToPath(new URL('../../../../shared/fixtures/torch/torchscript/', import.meta.url));
if (!existsSync(SHARED)) console.log(`skipped: ${SHARED} is not there, its programs are not checked`);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torchscript-'));
});
afterAll(() => rm(folder, { recursive: true }));

const archive = (name: string): Buffer => readFileSync(join(OWN, `${name}.pt`));

async function using<T>(bytes: Uint8Array, work: (model: Model) => Promise<T>, options = {}): Promise<T> {
  const model = await loadModel({ bytes, name: 'program.pt' }, options);
  try {
    return await work(model);
  } finally {
    await model.dispose();
  }
}

async function scanBytes(bytes: Uint8Array): Promise<ScanReport> {
  const path = join(folder, 'program.pt');
  await writeFile(path, bytes);
  return scanFile(path);
}

/** The archive with its code or other files changed; `undefined` leaves one out. */
async function changed(
  name: string,
  change: (file: string, content: Uint8Array) => Uint8Array | undefined,
): Promise<Uint8Array> {
  const members: { name: string; content: Uint8Array }[] = [];
  for (const [file, entry] of readZip(archive(name), LIMITS).entries) {
    const content = change(file.slice(file.indexOf('/') + 1), await entry.read());
    if (content !== undefined) members.push({ name: file, content });
  }
  return makeZip(members);
}

/** Every file of code with a text replaced. */
const inCode =
  (from: string, to: string) =>
  (file: string, content: Uint8Array): Uint8Array =>
    file.endsWith('.py') ? Buffer.from(Buffer.from(content).toString().replaceAll(from, to)) : content;

describe.each([OWN, SHARED].filter(existsSync))('programs of PyTorch in %s', (source) => {
  const files = readdirSync(source).filter((name) => name.endsWith('.pt'));

  it('are there', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(files)('%s', async (file) => {
    const path = join(source, file);
    expect((await scanFile(path)).findings).toEqual([]);
    const about = JSON.parse(readFileSync(path.replace(/\.pt$/, '.json'), 'utf8')) as Case & {
      readonly rtol: number;
      readonly cases?: readonly Case[];
    };
    const model = await loadModel(path);
    for (const { inputs, expected } of about.cases ?? [about]) {
      expect(difference(await model.run(feedsOf(inputs)), expected, about.rtol)).toBeUndefined();
    }
    await model.dispose();
  });
});

loaderContract(
  { describe, it },
  { loader, artefact: { name: 'mlp.pt', bytes: archive('mlp_script') }, rows: [[0, 0, 0, 0, 0, 0]], expected: {} },
);

describe('rows', () => {
  const row = [1, 2, 3, 4, 5, 6];

  it('tell the shape of a program that does not state any', () =>
    using(archive('mlp_script'), async (model) => {
      const [first, second] = (await model.predict([row, [0, 0, 0, 0, 0, 0]])) as unknown as number[][];
      expect(first).toHaveLength(3);
      expect(first?.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      const [alone] = (await model.predict([[0, 0, 0, 0, 0, 0]])) as unknown as number[][];
      for (const [i, value] of (alone ?? []).entries()) expect(value).toBeCloseTo(second?.[i] as number, 6);
    }));

  it('of whole numbers are indices where the program looks something up', () =>
    using(archive('gpt_script'), async (model) => {
      const [logits] = (await model.predict([row])) as unknown as number[][][];
      expect([logits?.length, logits?.[0]?.length]).toEqual([6, 20]);
    }));

  it('give the classes of the metadata', () =>
    using(
      archive('mlp_script'),
      async (model) => {
        const proba = (await model.predictProba([row])).data as Float32Array;
        const best = proba.indexOf(Math.max(...proba));
        expect(await model.predict([row])).toEqual([['a', 'b', 'c'][best]]);
      },
      { metadata: { classes: ['a', 'b', 'c'] } },
    ));

  it('of several inputs are keyed by name', () =>
    using(archive('recommender_trace'), async (model) => {
      expect(model.info.inputs).toEqual([
        { name: 'user', dtype: 'int64', shape: ['batch'] },
        { name: 'items', dtype: 'int64', shape: ['batch', 3] },
      ]);
      const [one] = (await model.predict([{ user: 3, items: [1, 2, 3] }])) as number[];
      expect(one).toBeGreaterThan(0);
      const items = [
        [1, 2, 3],
        [1, 2, 3],
      ];
      expect(await model.predict({ user: [3, 3], items } as never)).toEqual([one, one]);
    }));
});

describe('shapes', () => {
  const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  const ids = (...shape: number[]): TensorLike => ({
    data: BigInt64Array.from({ length: size(shape) }, (_, i) => BigInt(i % 20)),
    shape,
    dtype: 'int64',
  });
  const zeros = (...shape: number[]): TensorLike => ({ data: new Float32Array(size(shape)), shape, dtype: 'float32' });

  it('of any length share a graph once there is a second', () =>
    using(archive('gpt_script'), async (model) => {
      for (const length of [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]) {
        const { output_0: output } = await model.run({ idx: ids(2, length) });
        expect(output?.shape).toEqual([2, length, 20]);
      }
    }));

  it('decide branches', () =>
    using(archive('branches_script'), async (model) => {
      expect(Object.keys(await model.run({ x: zeros(2, 4) }))).toEqual(['a', 'b', 'sum']);
      expect((await model.run({ x: zeros(2, 5, 4) }))['a']?.shape).toEqual([2, 4]);
      expect((await model.run({ x: zeros(2, 4), extra: zeros(2, 4) }))['a']?.shape).toEqual([2, 4]);
      await expect(model.run({ x: zeros(4) })).rejects.toMatchObject({
        code: 'ML_FORMAT_UNSUPPORTED',
        message: expect.stringMatching(/the program always fails here/) as string,
      });
    }));

  it('belong to inputs that the program has', () =>
    using(archive('branches_script'), async (model) => {
      await expect(model.run({ y: zeros(2, 4) })).rejects.toMatchObject({ code: 'ML_INPUT_FEATURE_NAMES' });
      await expect(model.run({})).rejects.toMatchObject({ code: 'ML_INPUT_FEATURE_NAMES' });
    }));
});

describe('refused are', () => {
  it('operators that have no translation, by name and place', async () => {
    const bytes = await changed('mlp_script', inCode('torch.softmax(', 'torch.special_thing('));
    await using(bytes, (model) =>
      expect(model.predict([[1, 2, 3, 4, 5, 6]])).rejects.toMatchObject({
        code: 'ML_FORMAT_UNSUPPORTED',
        message: expect.stringMatching(/aten::special_thing .*line \d+/) as string,
      }),
    );
  });

  it('branches that depend on values', async () => {
    const bytes = await changed(
      'named_tuple_script',
      inCode(
        '-> Tuple[Tensor, Tensor]:\n',
        '-> Tuple[Tensor, Tensor]:\n    if bool(torch.any(x)):\n      q = 1\n    else:\n      q = 2\n',
      ),
    );
    await using(bytes, (model) =>
      expect(model.predict([[1, 2, 3]])).rejects.toMatchObject({
        code: 'ML_FORMAT_UNSUPPORTED',
        message: expect.stringMatching(/line \d+: which branch is taken depends on the input/) as string,
      }),
    );
  });

  it('loops without end', async () => {
    const loop = '    while True:\n      pass\n';
    const bytes = await changed(
      'named_tuple_script',
      inCode('-> Tuple[Tensor, Tensor]:\n', `-> Tuple[Tensor, Tensor]:\n${loop}`),
    );
    await using(bytes, (model) =>
      expect(model.predict([[1, 2, 3]])).rejects.toMatchObject({
        code: 'ML_FORMAT_UNSUPPORTED',
        message: expect.stringMatching(/more than 1000000 steps/) as string,
      }),
    );
  });

  it('malformed code, with file and line', async () => {
    const { verdict, findings } = await scanBytes(await changed('gpt_script', inCode('return ', 'return @')));
    expect(verdict).toBe('malformed');
    expect(findings[0]?.message).toMatch(/code\/.*\.py, line \d+: unexpected character "@"/);
  });

  it('pickles that would call something', async () => {
    const bomb = Buffer.from('\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.', 'latin1');
    const bytes = await changed('mlp_script', (file, content) => (file === 'data.pkl' ? bomb : content));
    expect((await scanBytes(bytes)).verdict).toBe('unsafe');
    await expect(loadModel({ bytes, name: 'program.pt' })).rejects.toMatchObject({ code: 'ML_FORMAT_UNSAFE' });
  });

  it.each(['data.pkl', 'data/0'])('archives without %s', async (missing) => {
    const bytes = await changed('mlp_script', (file, content) => (file === missing ? undefined : content));
    await expect(loadModel({ bytes, name: 'program.pt' })).rejects.toMatchObject({ code: 'ML_FORMAT_MALFORMED' });
  });

  it('files cut anywhere', async () => {
    const whole = archive('mlp_script');
    for (let length = 0; length < whole.length; length += 97) {
      const bytes = whole.subarray(0, length);
      const error: unknown = await loadModel({ bytes, name: 'program.pt' }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: expect.stringMatching(/^ML_/) as string });
    }
  });
});

it('is described without an engine', async () => {
  expect(await inspectFile(join(OWN, 'mlp_script.pt'))).toMatchObject({
    format: 'torchscript',
    inputs: [{ name: 'input', dtype: undefined, shape: [] }],
    details: { tensors: 9 },
  });
});
