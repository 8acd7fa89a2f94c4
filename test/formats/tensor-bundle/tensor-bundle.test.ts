import { describe, expect, it } from 'vitest';
import { decompressSnappy } from '../../../src/formats/compression/snappy.ts';
import { crc32c, masked } from '../../../src/formats/tensor-bundle/crc32c.ts';
import { sliceKey } from '../../../src/formats/tensor-bundle/slice-key.ts';
import { readSortedTable } from '../../../src/formats/tensor-bundle/sorted-table.ts';

const text = (value: string): Uint8Array => Buffer.from(value, 'latin1');

describe('crc32c', () => {
  it('gives the check values of RFC 3720', () => {
    expect(crc32c(text('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(text('56789'), crc32c(text('1234')))).toBe(0xe3069283);
  });
});

describe('Snappy', () => {
  it('reads literals and overlapping copies', () => {
    // Length 10; "ab" as a literal; 8 bytes copied from 2 back.
    expect(Buffer.from(decompressSnappy(Uint8Array.of(10, 0x04, 0x61, 0x62, 0x11, 0x02), 100)).toString()).toBe(
      'ababababab',
    );
  });

  it.each([
    ['cut off within the length', [0x80], 'ML_FORMAT_TRUNCATED'],
    ['a literal past the end', [4, 0x0c, 0x61], 'ML_FORMAT_TRUNCATED'],
    ['a copy from before the start', [8, 0x00, 0x61, 0x05, 0x09], 'ML_FORMAT_MALFORMED'],
    ['more than it says', [1, 0x04, 0x61, 0x62], 'ML_FORMAT_MALFORMED'],
    ['less than it says', [9, 0x04, 0x61, 0x62], 'ML_FORMAT_MALFORMED'],
    ['more than allowed', [0xff, 0xff, 0x03], 'ML_FORMAT_LIMIT'],
  ])('refuses %s', (_, bytes, code) => {
    expect(() => decompressSnappy(Uint8Array.from(bytes), 100)).toThrow(expect.objectContaining({ code }));
  });
});

describe('keys of parts', () => {
  it('are as TensorFlow encodes them', () => {
    const slice = [
      { start: 0, length: 4 },
      { start: 3, length: -1 },
    ];
    // By the rules of TensorFlow's ordered_code.cc.
    expect(Buffer.from(sliceKey('w', slice), 'latin1').toString('hex')).toBe('0077000101028084837f');
    expect(Buffer.from(sliceKey('w', [{ start: 100, length: 10_000 }]), 'latin1').toString('hex')).toBe(
      '007700010101c064e02710',
    );
  });
});

/** A table of one block. */
function table(block: Uint8Array, compression = 0, stored = block): Uint8Array {
  const trailed = (bytes: Uint8Array, type: number): Buffer => {
    const body = Buffer.concat([bytes, Uint8Array.of(type)]);
    const crc = Buffer.alloc(4);
    crc.writeUInt32LE(masked(crc32c(body)));
    return Buffer.concat([body, crc]);
  };
  const data = trailed(stored, compression);
  const handle = Uint8Array.of(0, stored.length);
  const index = Buffer.concat([
    Uint8Array.of(0, 1, handle.length),
    text('z'),
    handle,
    Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0),
  ]);
  const footer = Buffer.alloc(48);
  footer.set([0, 0, data.length, index.length]);
  footer.writeBigUInt64LE(0xdb4775248b80fb57n, 40);
  return Buffer.concat([data, trailed(index, 0), footer]);
}

const BLOCK = Buffer.concat([
  Uint8Array.of(0, 2, 1),
  text('ab1'),
  Uint8Array.of(1, 1, 1),
  text('c2'),
  Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0),
]);

function entries(file: Uint8Array): [string, string][] {
  const found: [string, string][] = [];
  readSortedTable(file, 'x.index', (key, value) =>
    found.push([Buffer.from(key).toString(), Buffer.from(value).toString()]),
  );
  return found;
}

describe('sorted tables', () => {
  const want = [
    ['ab', '1'],
    ['ac', '2'],
  ];

  it('reads keys that share a beginning, plain and compressed', () => {
    expect(entries(table(BLOCK))).toEqual(want);
    const compressed = Buffer.concat([Uint8Array.of(BLOCK.length, (BLOCK.length - 1) << 2), BLOCK]);
    expect(entries(table(BLOCK, 1, compressed))).toEqual(want);
  });

  it('refuses another compression, another checksum, an end that is none', () => {
    expect(() => entries(table(BLOCK, 7))).toThrow(expect.objectContaining({ code: 'ML_FORMAT_UNSUPPORTED' }));
    const other = table(BLOCK);
    other[2] = 0xff;
    expect(() => entries(other)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
    expect(() => entries(table(BLOCK).subarray(0, -1))).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }),
    );
    expect(() => entries(new Uint8Array(10))).toThrow(expect.objectContaining({ code: 'ML_FORMAT_TRUNCATED' }));
  });
});
