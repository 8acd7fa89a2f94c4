import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChecksum } from '../../src/integrity/checksum.ts';
import { type VerificationPolicy, verifyArtefact, verifyCompanions } from '../../src/integrity/verify-artefact.ts';
import { sizeMatches } from '../../src/internal/human-size.ts';
import type { Artefact } from '../../src/spec/artefact.ts';
import type { ModelMetadata } from '../../src/spec/metadata.ts';

const BYTES = new TextEncoder().encode('model bytes');
const hash = (algorithm: string, bytes = BYTES): string => createHash(algorithm).update(bytes).digest('hex');
const meta = (more: Partial<ModelMetadata>): ModelMetadata => ({ name: 'm', version: '1.0.0', extra: {}, ...more });

function artefact(more: Partial<Artefact> = {}): Artefact {
  const read = (path: string): Promise<Uint8Array> => Promise.resolve(new TextEncoder().encode(path));
  return {
    kind: 'file',
    name: 'm.onnx',
    path: undefined,
    bytes: BYTES,
    size: BYTES.length,
    sha256: hash('sha256'),
    entries: [],
    read,
    ...more,
  };
}

async function outcome(
  metadata: ModelMetadata | undefined,
  policy: VerificationPolicy = 'ifPresent',
  one = artefact(),
): Promise<unknown> {
  try {
    const { result, algorithm } = await verifyArtefact(one, metadata, policy);
    return algorithm === undefined ? result : `${result} ${algorithm}`;
  } catch (error) {
    return (error as { readonly code?: unknown }).code ?? error;
  }
}

describe('checksums', () => {
  it.each(['sha256', 'sha384', 'sha512', 'blake2b512'])('%s is compared', async (algorithm) => {
    expect(await outcome(meta({ checksum: `${algorithm}:${hash(algorithm)}` }))).toBe(`ok ${algorithm}`);
    expect(await outcome(meta({ checksum: `${algorithm.toUpperCase()}:${hash(algorithm).toUpperCase()}` }))).toBe(
      `ok ${algorithm}`,
    );
    const other = hash(algorithm, new Uint8Array(1));
    expect(await outcome(meta({ checksum: `${algorithm}:${other}` }), 'require')).toBe('ML_CHECKSUM_MISMATCH');
  });

  it.each([
    ['sha256:abc123...', 'ML_CHECKSUM_INVALID'],
    ['sha256:abc123', 'ML_CHECKSUM_INVALID'],
    [`sha256:${hash('sha512')}`, 'ML_CHECKSUM_INVALID'],
    [`sha512:${hash('sha256')}`, 'ML_CHECKSUM_INVALID'],
    [`crc32:${'0'.repeat(8)}`, 'ML_CHECKSUM_INVALID'],
    ['', 'ML_CHECKSUM_INVALID'],
    ['constructor:00', 'ML_CHECKSUM_INVALID'],
    [`md5:${hash('md5')}`, 'ML_CHECKSUM_WEAK'],
    [`sha1:${hash('sha1')}`, 'ML_CHECKSUM_WEAK'],
    [`SHA-1:${hash('sha1')}`, 'ML_CHECKSUM_WEAK'],
  ])('%s is refused', async (checksum, code) => {
    expect(await outcome(meta({ checksum }))).toBe(code);
    expect(await outcome(meta({ checksum }), 'require')).toBe(code);
    expect(await outcome(meta({ checksum }), 'off')).toBe('skipped');
  });

  it('64 digits alone are sha256', () => {
    expect(parseChecksum(hash('sha256'))).toEqual({ algorithm: 'sha256', digest: hash('sha256') });
  });

  it('finds every flipped bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(511), async (bytes, at) => {
        const flipped = bytes.slice();
        const index = (at >> 3) % bytes.length;
        flipped[index] = (flipped[index] ?? 0) ^ (1 << (at & 7));
        const one = artefact({ bytes: flipped, size: flipped.length, sha256: hash('sha256', flipped) });
        for (const algorithm of ['sha256', 'sha512'])
          expect(await outcome(meta({ checksum: `${algorithm}:${hash(algorithm, bytes)}` }), 'ifPresent', one)).toBe(
            'ML_CHECKSUM_MISMATCH',
          );
      }),
      { numRuns: 50 },
    );
  });

  it('are required, or not', async () => {
    for (const metadata of [undefined, meta({})]) {
      expect(await outcome(metadata)).toBe('skipped');
      expect(await outcome(metadata, 'off')).toBe('skipped');
      expect(await outcome(metadata, 'require')).toBe('ML_CHECKSUM_MISSING');
    }
  });

  it('of a directory is its sha256, nothing else', async () => {
    const directory = artefact({ kind: 'directory', bytes: new Uint8Array(0), size: 5 });
    expect(await outcome(meta({ checksum: `sha256:${hash('sha256')}` }), 'require', directory)).toBe('ok sha256');
    expect(await outcome(meta({ checksum: `sha512:${hash('sha512')}` }), 'require', directory)).toBe(
      'ML_CHECKSUM_INVALID',
    );
  });
});

describe('sizes', () => {
  it.each([
    [11, 'skipped'],
    ['11', 'skipped'],
    ['11 B', 'skipped'],
    ['11 bytes', 'skipped'],
    [12, 'ML_SIZE_MISMATCH'],
    ['12 bytes', 'ML_SIZE_MISMATCH'],
    ['2.5MB', 'ML_SIZE_MISMATCH'],
  ])('%s', async (file_size, expected) => {
    expect(await outcome(meta({ file_size }))).toBe(expected);
  });

  it('says that the file is truncated', async () => {
    await expect(verifyArtefact(artefact(), meta({ file_size: 100 }), 'ifPresent')).rejects.toThrow(
      /has 11 bytes.*states 100.*truncated/,
    );
  });

  it('match what people write, in thousands or in 1,024', () => {
    for (const bytes of [2_500_000, 2_621_440, 2_540_000]) expect(sizeMatches('2.5MB', bytes)).toBe(true);
    for (const bytes of [0, 2_000_000, 2_900_000]) expect(sizeMatches('2.5MB', bytes)).toBe(false);
    expect(sizeMatches('1 GiB', 2 ** 30)).toBe(true);
    expect(sizeMatches('1.0 GiB', 10 ** 9 / 2)).toBe(false);
    expect(sizeMatches('12.3KB', 12_345)).toBe(true);
    expect(sizeMatches('large', 1)).toBeUndefined();
  });
});

describe('companion files', () => {
  const stated = (path: string): string => `sha256:${hash('sha256', new TextEncoder().encode(path))}`;
  const metadata = meta({
    file_path: 'trained/m.onnx',
    files: { 'trained/w.data': stated('w.data'), 'trained/bad.data': stated('x') },
  });
  const read = async (
    path: string,
    policy: VerificationPolicy,
    described: ModelMetadata | undefined = metadata,
  ): Promise<unknown> => {
    try {
      return (await verifyCompanions(artefact(), described, policy).read(path)).length;
    } catch (error) {
      return (error as { readonly code?: unknown }).code ?? error;
    }
  };

  it('are compared as they are read', async () => {
    expect(await read('w.data', 'require')).toBe(6);
    expect(await read('./w.data', 'off')).toBe(8);
    expect(await read('bad.data', 'ifPresent')).toBe('ML_CHECKSUM_MISMATCH');
    expect(await read('bad.data', 'off')).toBe(8);
    expect(await read('new.data', 'ifPresent')).toBe(8);
    expect(await read('new.data', 'require')).toBe('ML_CHECKSUM_MISSING');
    expect(await read('w.data', 'require', meta({}))).toBe('ML_CHECKSUM_MISSING');
  });

  it('may have any name', async () => {
    expect(await read('constructor', 'ifPresent', meta({ files: {} }))).toBe(11);
    expect(await read('toString', 'require', meta({ files: {} }))).toBe('ML_CHECKSUM_MISSING');
  });

  it('leaves everything else as it is', () => {
    const original = artefact();
    expect(verifyCompanions(original, metadata, 'require')).toEqual({ ...original, read: expect.any(Function) });
  });
});
