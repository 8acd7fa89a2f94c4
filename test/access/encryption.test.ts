import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decryptBytes } from '../../src/access/encryption/decrypt-bytes.ts';
import { encryptModel } from '../../src/access/encryption/encrypt-model.ts';
import { readHeader, TAG_BYTES } from '../../src/access/encryption/file-header.ts';
import type { EncryptionOptions, MLServiceError } from '../../src/index.ts';
import { codeOf, folderOf } from '../repository/fixture.ts';

const KEY = randomBytes(32);
const MIB = 2 ** 20;
const HEAD = 84 + 'team'.length;
const keys = { key: (id: string) => (id === 'team' ? KEY : undefined) };

async function encrypted(content: Uint8Array): Promise<Buffer> {
  const root = folderOf({ 'm.onnx': content });
  await encryptModel(join(root, 'm.onnx'), join(root, 'm.onnx.enc'), { key: KEY, keyId: 'team' });
  return readFileSync(join(root, 'm.onnx.enc'));
}

const openWith = (bytes: Uint8Array, encryption: EncryptionOptions | undefined): Promise<Uint8Array> =>
  decryptBytes(bytes, 'm.onnx.enc', encryption);
const open = (bytes: Uint8Array): Promise<Uint8Array> => openWith(bytes, keys);

describe('a round trip', () => {
  it.each([1, 15, MIB - 1, MIB, MIB + 1, 3 * MIB, 5 * MIB + 7])('gives back %i bytes', async (size) => {
    const content = randomBytes(size);
    const file = await encrypted(content);
    expect(file.length).toBe(HEAD + size + Math.ceil(size / MIB) * TAG_BYTES);
    expect(Buffer.compare(await open(file), content)).toBe(0);
    if (size > 8) expect(file.includes(content.subarray(0, 8))).toBe(false);
  });

  it('never encrypts in the same way twice', async () => {
    const content = Buffer.alloc(64, 7);
    const [a, b] = [await encrypted(content), await encrypted(content)];
    expect(Buffer.compare(a.subarray(20, HEAD - 4), b.subarray(20, HEAD - 4))).not.toBe(0);
    expect(Buffer.compare(a.subarray(HEAD), b.subarray(HEAD))).not.toBe(0);
  });

  it('has the head that the documentation describes', async () => {
    const file = await encrypted(Buffer.alloc(300, 1));
    expect(file.subarray(0, 12).toString('hex')).toBe('89424d4c530d0a1a01140400');
    expect(file.readBigUInt64LE(12)).toBe(300n);
    expect(file.subarray(84, HEAD).toString()).toBe('team');
    expect(readHeader(file, 'x')).toMatchObject({ keyId: 'team', chunkPower: 20, plainBytes: 300 });
  });
});

/** What an independent reading of the documentation opens: the format, not this implementation, is the contract. */
it('opens a file of a fixed key and salt (test vector)', async () => {
  const vector = Buffer.from(readFileSync(new URL('vector.hex', import.meta.url), 'latin1').trim(), 'hex');
  const key = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
  expect(Buffer.from(await openWith(vector, { key: () => key })).toString()).toBe('model bytes '.repeat(400));
});

describe('a file that was changed', () => {
  it('is refused for every single bit', async () => {
    const small = await encrypted(randomBytes(200));
    const codes = new Set<unknown>();
    for (let bit = 0; bit < small.length * 8; bit++) {
      const damaged = Buffer.from(small);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      const code = await codeOf(openWith(damaged, { key: () => KEY }));
      codes.add(code);
      expect([bit, code]).toEqual([bit, expect.stringMatching(/^ML_ENCRYPTION_/)]);
      if (bit >= HEAD * 8) expect(code).toBe('ML_ENCRYPTION_TAMPERED');
    }
    expect(codes).toEqual(
      new Set(['INVALID', 'KEY_WRONG', 'TAMPERED', 'TRUNCATED'].map((what) => `ML_ENCRYPTION_${what}`)),
    );
  });

  it('is refused where it ends early, at every length of a small one and every chunk of a large one', async () => {
    const [small, large] = [await encrypted(randomBytes(200)), await encrypted(randomBytes(3 * MIB + 5))];
    for (let length = 8; length < small.length; length++)
      expect([length, await codeOf(open(small.subarray(0, length)))]).toEqual([length, 'ML_ENCRYPTION_TRUNCATED']);
    for (let chunk = 0; chunk <= 3; chunk++) {
      const end = HEAD + chunk * (MIB + TAG_BYTES);
      expect(await codeOf(open(large.subarray(0, end)))).toBe('ML_ENCRYPTION_TRUNCATED');
      // Even where the head is made to agree.
      const shorter = Buffer.from(large.subarray(0, end));
      shorter.writeBigUInt64LE(BigInt(chunk * MIB), 12);
      expect(await codeOf(open(shorter))).toMatch(chunk === 0 ? /INVALID$/ : /TAMPERED$/);
    }
  });

  it('is refused where chunks are swapped, repeated, left out or added', async () => {
    const large = await encrypted(randomBytes(3 * MIB + 5));
    const size = MIB + TAG_BYTES;
    const chunk = (i: number): Buffer => large.subarray(HEAD + i * size, HEAD + (i + 1) * size);
    const head = large.subarray(0, HEAD);
    for (const order of [
      [1, 0, 2, 3],
      [0, 2, 1, 3],
      [0, 0, 2, 3],
      [0, 1, 2, 2, 3],
      [0, 1, 3],
      [0, 1, 2, 3, 3],
    ])
      expect(await codeOf(open(Buffer.concat([head, ...order.map(chunk)])))).toMatch(/TAMPERED$|TRUNCATED$/);
    expect(await codeOf(open(Buffer.concat([large, Buffer.alloc(1)])))).toBe('ML_ENCRYPTION_TAMPERED');
  });

  it('is refused where chunks come from another file of the same key', async () => {
    const [large, other] = [await encrypted(randomBytes(3 * MIB + 5)), await encrypted(randomBytes(3 * MIB + 5))];
    expect(await codeOf(open(Buffer.concat([large.subarray(0, HEAD), other.subarray(HEAD)])))).toBe(
      'ML_ENCRYPTION_TAMPERED',
    );
  });

  it('is an error of its own type whatever it is made of', async () => {
    const small = await encrypted(randomBytes(200));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(small.length - 1), async (noise, at) => {
        const damaged = Buffer.from(small);
        damaged.set(noise.subarray(0, damaged.length - at), at);
        const code = await codeOf(open(damaged));
        if (Buffer.compare(damaged, small) !== 0) expect(code).toMatch(/^ML_ENCRYPTION_/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a key', () => {
  const failure = async (encryption: EncryptionOptions | undefined): Promise<MLServiceError> =>
    openWith(await encrypted(Buffer.alloc(50, 1)), encryption).then(
      () => expect.unreachable(),
      (error: MLServiceError) => error,
    );

  it.each([
    ['that nobody gives', undefined, 'ML_ENCRYPTION_KEY_MISSING'],
    ['that is not known', { key: () => undefined }, 'ML_ENCRYPTION_KEY_MISSING'],
    ['that is another', { key: () => randomBytes(32) }, 'ML_ENCRYPTION_KEY_WRONG'],
    ['that is too short', { key: () => KEY.subarray(1) }, 'ML_ENCRYPTION_KEY_INVALID'],
    ['that is text', { key: () => KEY.toString('hex') as never }, 'ML_ENCRYPTION_KEY_INVALID'],
  ])('%s', async (_, encryption, code) => {
    const error = await failure(encryption);
    expect(error.code).toBe(code);
    for (const secret of [KEY.toString('hex'), KEY.toString('base64'), KEY.subarray(1).toString('hex')])
      expect(error.message + JSON.stringify(error) + String(error.stack)).not.toContain(secret);
  });

  it('may come later, and may fail for a while', async () => {
    const file = await encrypted(Buffer.from('weights'));
    expect(Buffer.from(await openWith(file, { key: () => Promise.resolve(KEY) })).toString()).toBe('weights');
    const cause = new Error('the key service is away');
    expect(await failure({ key: () => Promise.reject(cause) })).toMatchObject({
      code: 'ML_ENCRYPTION_KEY_UNAVAILABLE',
      retryable: true,
      cause,
    });
  });
});

describe('encryptModel', () => {
  const options = { key: KEY, keyId: 'team' };

  it('gives the digest that the metadata needs, and leaves nothing else behind', async () => {
    const root = folderOf({ 'm.onnx': Buffer.alloc(2 * MIB, 3) });
    const path = join(root, 'm.onnx.enc');
    const result = await encryptModel(join(root, 'm.onnx'), path, options);
    const file = readFileSync(path);
    expect(result).toEqual({ path, bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') });
    expect(readdirSync(root).sort()).toEqual(['m.onnx', 'm.onnx.enc']);
    expect(statSync(path).mode & 0o777).toBe(statSync(join(root, 'm.onnx')).mode & 0o777);
  });

  it.each([
    ['a file that is there', { input: 'm.onnx', output: 'there.enc', given: options, code: 'ML_OPTIONS_INVALID' }],
    ['a file that is encrypted', { input: 'twice.enc', output: 'new.enc', given: options, code: 'ML_OPTIONS_INVALID' }],
    ['nothing', { input: 'none', output: 'new.enc', given: options, code: 'ML_ARTEFACT_MISSING' }],
    ['an empty file', { input: 'empty', output: 'new.enc', given: options, code: 'ML_ARTEFACT_EMPTY' }],
    ['a folder', { input: '.', output: 'new.enc', given: options, code: 'ML_ARTEFACT_NOT_A_FILE' }],
    [
      'a short key',
      {
        input: 'm.onnx',
        output: 'new.enc',
        given: { ...options, key: KEY.subarray(1) },
        code: 'ML_ENCRYPTION_KEY_INVALID',
      },
    ],
    ['no key id', { input: 'm.onnx', output: 'new.enc', given: { ...options, keyId: '' }, code: 'ML_OPTIONS_INVALID' }],
    [
      'a long key id',
      { input: 'm.onnx', output: 'new.enc', given: { ...options, keyId: 'x'.repeat(256) }, code: 'ML_OPTIONS_INVALID' },
    ],
  ])('refuses %s', async (_, { input, output, given, code }) => {
    const root = folderOf({ 'm.onnx': 'x', empty: '', 'there.enc': 'mine' });
    writeFileSync(join(root, 'twice.enc'), await encrypted(Buffer.from('x')));
    const before = readdirSync(root).sort();
    expect(await codeOf(encryptModel(join(root, input), join(root, output), given))).toBe(code);
    expect(readdirSync(root).sort()).toEqual(before);
    expect(readFileSync(join(root, 'there.enc'), 'utf8')).toBe('mine');
  });
});
