import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { looksLikeZip } from '../../../src/formats/zip/looks-like-zip.ts';
import { openZip } from '../../../src/formats/zip/open-zip.ts';
import { readZip } from '../../../src/formats/zip/read-zip.ts';
import { hasShared, manifest, outcome } from '../joblib/files.ts';
import { LIMITS, type Member, makeZip } from './make-zip.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

async function readAll(bytes: Uint8Array): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, entry] of readZip(bytes, LIMITS).entries) found[name] = text(await entry.read());
  return found;
}

describe('what is read', () => {
  const members: Member[] = [
    { name: 'a/' },
    { name: 'a/data.pkl', content: 'hello' },
    { name: 'a/x.json', content: 'x'.repeat(5000), deflate: true },
    { name: 'ünï.txt', content: 'ü', flags: 0x800 },
    { name: 'empty', content: '', deflate: true },
  ];
  const wanted = { 'a/': '', 'a/data.pkl': 'hello', 'a/x.json': 'x'.repeat(5000), 'ünï.txt': 'ü', empty: '' };

  test('stored and deflated entries, folders, names in UTF-8', async () => {
    expect(await readAll(makeZip(members))).toEqual(wanted);
    expect(await readAll(makeZip([]))).toEqual({});
  });

  test.each([12, 16, 20, 24] as const)('descriptors of %d bytes', async (descriptor) => {
    expect(await readAll(makeZip(members.map((member) => ({ ...member, descriptor }))))).toEqual(wanted);
  });

  test('zip64, comments, extra fields', async () => {
    expect(await readAll(makeZip(members, { zip64: true }))).toEqual(wanted);
    expect(await readAll(makeZip(members, { comment: Buffer.from('hello') }))).toEqual(wanted);
    const extra = Buffer.concat([Buffer.from([0x46, 0x42, 0x2c, 0x01]), Buffer.alloc(300)]);
    expect(await readAll(makeZip(members.map((member) => ({ ...member, extra }))))).toEqual(wanted);
  });

  test('stored entries are views, and say where they are', async () => {
    const bytes = makeZip([{ name: 'a', content: 'hello' }]);
    const entry = readZip(bytes, LIMITS).entries.get('a');
    expect(entry).toMatchObject({ size: 5, compressedSize: 5, method: 'stored', dataOffset: 31 });
    expect((await entry?.read())?.buffer).toBe(bytes.buffer);
  });

  test('from a source, reading little', async () => {
    const bytes = makeZip([{ name: 'big', content: randomBytes(1_000_000) }, ...members]);
    let read = 0;
    const source = {
      size: bytes.length,
      read: (offset: number, length: number) => {
        read += length;
        return Promise.resolve(bytes.subarray(offset, offset + length));
      },
    };
    const { entries } = await openZip(source, LIMITS);
    expect(text((await entries.get('a/data.pkl')?.read()) as Uint8Array)).toBe('hello');
    expect(read).toBeLessThan(100_000);
  });
});

const one = (member: Partial<Member>): Uint8Array => makeZip([{ name: 'a', content: 'hello', ...member }]);
const unicodePath = Buffer.concat([Buffer.from([0x75, 0x70, 6, 0, 1, 0, 0, 0, 0]), Buffer.from('b')]);

describe('what is refused', () => {
  test.each<[what: string, bytes: () => Uint8Array, code: string]>([
    ['the same name twice', () => makeZip([{ name: 'a' }, { name: 'a' }]), 'MALFORMED'],
    ['an absolute name', () => one({ name: '/a' }), 'UNSAFE'],
    ['a name with a drive', () => one({ name: 'C:a' }), 'UNSAFE'],
    ['a network name', () => one({ name: '\\\\host\\a' }), 'UNSAFE'],
    ['a name that leaves the folder', () => one({ name: 'a/../../b' }), 'UNSAFE'],
    ['the same with backslashes', () => one({ name: 'a\\..\\b' }), 'UNSAFE'],
    ['a name with NUL', () => one({ name: 'a\0b' }), 'UNSAFE'],
    ['a backslash', () => one({ name: 'a\\b' }), 'UNSUPPORTED'],
    ['a doubled separator', () => one({ name: 'a//b' }), 'UNSUPPORTED'],
    ['no name', () => one({ name: '' }), 'MALFORMED'],
    [
      'a name that is not UTF-8',
      () => one({ name: '~~', flags: 0x800 }).map((byte) => (byte === 0x7e ? 0xff : byte)),
      'MALFORMED',
    ],
    ['a symbolic link', () => one({ mode: 0o120777 }), 'UNSAFE'],
    ['a device', () => one({ mode: 0o060644 }), 'UNSAFE'],
    ['encryption', () => one({ flags: 1 }), 'UNSUPPORTED'],
    ['strong encryption', () => one({ flags: 0x41 }), 'UNSUPPORTED'],
    ['another method', () => one({ method: 12 }), 'UNSUPPORTED'],
    ['two names', () => one({ extra: unicodePath }), 'UNSUPPORTED'],
    ['another local name', () => one({ local: { name: 'b' } }), 'MALFORMED'],
    ['another local size', () => one({ local: { size: 4 } }), 'MALFORMED'],
    ['another local compressed size', () => one({ local: { compressed: 6 } }), 'MALFORMED'],
    ['another local checksum', () => one({ local: { crc: 1 } }), 'MALFORMED'],
    ['another local method', () => one({ local: { method: 8 } }), 'MALFORMED'],
    ['another local flag', () => one({ local: { flags: 1 } }), 'MALFORMED'],
    ['a wrong checksum', () => one({ central: { crc: 1 } }), 'MALFORMED'],
    ['stored with two sizes', () => one({ central: { size: 4 }, local: { size: 4 } }), 'MALFORMED'],
    ['less content than declared', () => one({ deflate: true, central: { size: 6 } }), 'MALFORMED'],
    ['more content than declared', () => one({ deflate: true, central: { size: 4 } }), 'MALFORMED'],
    ['content of a folder', () => one({ name: 'a/' }), 'MALFORMED'],
    ['a gap', () => makeZip([{ name: 'a', gap: 1 }, { name: 'b' }]), 'MALFORMED'],
    ['a descriptor that contradicts', () => flip(one({ descriptor: 16 }), 44), 'MALFORMED'],
    ['an overlap', () => makeZip([{ name: 'a' }, { name: 'b', central: { offset: 0 } }]), 'MALFORMED'],
    ['the same entry twice', () => makeZip([{ name: 'a' }, { name: 'a2', central: { offset: 0 } }]), 'MALFORMED'],
    ['data before the first entry', () => makeZip([{ name: 'a' }], { prefix: Buffer.from('\x80\x02N.') }), 'MALFORMED'],
    ['data behind the end', () => makeZip([{ name: 'a' }], { suffix: Buffer.from('x') }), 'MALFORMED'],
    ['fewer entries than there are', () => makeZip([{ name: 'a' }, { name: 'b' }], { count: 1 }), 'MALFORMED'],
    ['more entries than there are', () => makeZip([{ name: 'a' }], { count: 60_000 }), 'MALFORMED'],
    ['an end in the comment', () => makeZip([{ name: 'a' }], { comment: makeZip([]) }), 'MALFORMED'],
    ['an expansion bomb', () => one({ deflate: true, central: { size: 2 ** 31 } }), 'LIMIT'],
    ['nothing', () => new Uint8Array(0), 'TRUNCATED'],
  ])('%s', async (_, bytes, code) => {
    expect(await outcome(() => readAll(bytes()))).toBe(`ML_FORMAT_${code}`);
  });

  test('every truncation and every changed byte is a typed error or the same content', async () => {
    const whole = makeZip([
      { name: 'a', content: 'hello' },
      { name: 'b', content: 'xyz'.repeat(50), deflate: true, descriptor: 16 },
    ]);
    for (let length = 0; length < whole.length; length++) {
      expect(await outcome(() => readAll(whole.subarray(0, length)))).toMatch(/^ML_FORMAT_/);
    }
    for (let at = 0; at < whole.length; at++) {
      for (const mask of [1, 0x80, 0xff]) {
        const bytes = Uint8Array.from(whole);
        bytes[at] = (bytes[at] as number) ^ mask;
        const found = await outcome(async () => {
          const { a, b } = await readAll(bytes);
          if (a !== undefined) expect(a).toBe('hello');
          if (b !== undefined) expect(b).toBe('xyz'.repeat(50));
        });
        expect(found).toMatch(/^ok$|^ML_FORMAT_/);
      }
    }
  });

  test('limits have names', () => {
    const bytes = makeZip([
      { name: 'a', content: 'hello' },
      { name: 'b', content: 'hello' },
    ]);
    expect(() => readZip(bytes, { ...LIMITS, maxElements: 1 })).toThrow(/limits\.maxElements/);
    expect(() => readZip(bytes, { ...LIMITS, maxModelBytes: 9 })).toThrow(/limits\.maxModelBytes/);
  });
});

describe.runIf(hasShared())('corpus', () => {
  test('benign archives read or are named unsupported, hostile names are refused, nothing is untyped', async () => {
    const wrong: string[] = [];
    for (const { path, expected } of manifest().filter((row) => /\.(?:zip|npz|skops|keras)$/.test(row.path))) {
      const code = await outcome(() => readAll(readFileSync(path)));
      const isRight =
        expected === 'benign'
          ? /^ok$|UNSUPPORTED/.test(code)
          : code.startsWith('ML_FORMAT_') || /malicious1.zip/.test(path);
      if (!isRight) wrong.push(`${path} ${expected} ${code}`);
    }
    expect(wrong).toEqual([]);
  });
});

test('archives are recognised by their first bytes', () => {
  expect(looksLikeZip(makeZip([{ name: 'a' }]))).toBe(true);
  expect(looksLikeZip(makeZip([]))).toBe(true);
  expect(looksLikeZip(Buffer.from('PK'))).toBe(false);
  expect(looksLikeZip(Buffer.from('hello world'))).toBe(false);
});

function flip(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
}
