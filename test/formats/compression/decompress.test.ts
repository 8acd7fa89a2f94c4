// Vectors were made with CPython's bz2, lzma, zlib and gzip modules (sizes and settings in their names).
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { xxHash32 } from '../../../src/formats/compression/checksums.ts';
import { type Compression, decompress, detectCompression } from '../../../src/formats/compression/decompress.ts';
import { runSliced } from '../../../src/formats/compression/time-slices.ts';

const vectors: Record<string, string>[] = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8'));
const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');
const cases = vectors.flatMap(({ name, content, ...forms }) =>
  Object.entries(forms).map(([form, data]) => ({ form, name, content, data })),
);

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('ML_'))
      return error.code;
    throw error;
  }
}

function lz4(...blocks: readonly { readonly stored: boolean; readonly data: Uint8Array }[]): Buffer {
  const u32 = (value: number): Buffer => {
    const out = Buffer.alloc(4);
    out.writeUInt32LE(value >>> 0);
    return out;
  };
  const header = Buffer.of(0x60, 0x40);
  const parts = blocks.flatMap(({ stored, data }) => [u32(data.length | (stored ? 0x80000000 : 0)), data]);
  return Buffer.concat([u32(0x184d2204), header, Buffer.of((xxHash32(header) >>> 8) & 0xff), ...parts, u32(0)]);
}

test.each(cases)('$form of $name', async ({ form, content, data }) => {
  const input = bytes(data);
  const compression = form.split(' ')[0] as Compression;
  // An LZMA file has no magic; only the properties that every program writes by default are taken for one.
  if (form !== 'lzma lc lp pb') expect(detectCompression(input)).toBe(compression);
  expect(Buffer.from(await decompress(input, compression))).toEqual(bytes(content));
});

describe('damage', () => {
  const wanted = new Set(['bzip2', 'xz', 'zlib', 'gzip', 'lzma']);
  const samples = cases.filter(({ form, name }) => wanted.has(form) && (name === 'text' || name === 'mixed'));

  test.each(samples)(
    'every kind in $form of $name is a typed error or, where there is no checksum, content',
    async ({ form, content, data }) => {
      const input = bytes(data);
      const compression = form as Compression;
      let refused = 0;
      const steps = Math.max(1, Math.floor(input.length / 120));
      for (let at = 0; at < input.length; at += steps) {
        const changed = Buffer.from(input);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        let result: Uint8Array | undefined;
        const code = await codeOf(
          decompress(changed, compression, { maxDecompressedBytes: 1 << 20 }).then((r) => (result = r)),
        );
        if (code !== undefined) refused++;
        // A header may have fields without meaning for the content (times, operating system, levels).
        else if (form !== 'lzma') expect(Buffer.from(result ?? [])).toEqual(bytes(content));
      }
      expect(refused).toBeGreaterThan(0);
      for (let end = 0; end < input.length; end += steps) {
        expect(await codeOf(decompress(input.subarray(0, end), compression))).toMatch(
          /^ML_FORMAT_(?:TRUNCATED|MALFORMED)$/,
        );
      }
      expect(await codeOf(decompress(Buffer.concat([input, Buffer.from('x')]), compression))).toMatch(
        /^ML_FORMAT_(?:TRUNCATED|MALFORMED)$/,
      );
    },
  );
});

test.each(cases.filter((c) => c.name === 'text'))('$form is held to the limit', async ({ form, data }) => {
  expect(
    await codeOf(decompress(bytes(data), form.split(' ')[0] as Compression, { maxDecompressedBytes: 8_999 })),
  ).toBe('ML_FORMAT_LIMIT');
  expect(
    await codeOf(decompress(bytes(data), form.split(' ')[0] as Compression, { maxDecompressedBytes: 9_000 })),
  ).toBeUndefined();
});

test('the ratio is limited beyond 64 MiB', async () => {
  const bomb = deflateSync(Buffer.alloc(80 * 1024 * 1024), { level: 9 });
  expect(await codeOf(decompress(bomb, 'zlib'))).toBe('ML_FORMAT_LIMIT');
  expect((await decompress(bomb, 'zlib', { maxRatio: 2_000 })).length).toBe(80 * 1024 * 1024);
});

test('LZ4 blocks: stored, copies that overlap, copies across blocks', async () => {
  const hash = xxHash32(Buffer.from('Nobody inspects the spammish repetition'));
  expect(hash.toString(16)).toBe('e2293b2f');
  expect(xxHash32(Buffer.alloc(0)).toString(16)).toBe('2cc5d05');
  // Token 0x13: one literal, then 7 bytes from one back; the last sequence is literals only.
  const run = { stored: false, data: Buffer.of(0x13, 0x61, 1, 0, 0x20, 0x62, 0x63) };
  expect(Buffer.from(await decompress(lz4({ stored: true, data: Buffer.from('xy') }, run), 'lz4')).toString()).toBe(
    'xyaaaaaaaabc',
  );
  const before = { stored: false, data: Buffer.of(0x10, 0x61, 9, 0, 0x00) };
  expect(await codeOf(decompress(lz4({ stored: true, data: Buffer.from('xy') }, before), 'lz4'))).toBe(
    'ML_FORMAT_MALFORMED',
  );
  expect(await codeOf(decompress(lz4(run).subarray(0, -2), 'lz4'))).toBe('ML_FORMAT_TRUNCATED');
});

test('ZF of old joblib', async () => {
  const content = Buffer.from('content of an old file');
  const file = (size: string): Buffer => Buffer.concat([Buffer.from(`ZF${size.padEnd(19)}`), deflateSync(content)]);
  expect(detectCompression(file('0x16'))).toBe('zfile');
  expect(Buffer.from(await decompress(file('0x16'), 'zfile'))).toEqual(content);
  expect(await codeOf(decompress(file('0x17'), 'zfile'))).toBe('ML_FORMAT_MALFORMED');
  expect(await codeOf(decompress(file('0xffffffffffffff'), 'zfile'))).toBe('ML_FORMAT_LIMIT');
});

test('pickles are not taken for compressed data', () => {
  for (const start of ['80049500', '5d2e', '5d71002e', '42040000004141', '2e', '']) {
    expect(detectCompression(Buffer.from(start, 'hex'))).toBeUndefined();
  }
});

test('a signal ends the work', async () => {
  const controller = new AbortController();
  controller.abort();
  expect(await codeOf(runSliced(() => false, { signal: controller.signal }))).toBe('ML_ABORTED');
  expect(await codeOf(decompress(deflateSync(Buffer.alloc(10)), 'zlib', { signal: controller.signal }))).toBe(
    'ML_ABORTED',
  );
});
