import { describe, expect, it } from 'vitest';
import { readUbjson } from '../../../src/formats/ubjson/read-ubjson.ts';

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));

describe('values', () => {
  it('of every type', () => {
    const source = bytes(
      '[',
      'i',
      [255],
      'U',
      [255],
      'I',
      [255, 254],
      'l',
      [0, 1, 0, 0],
      'L',
      [0, 0, 0, 1, 0, 0, 0, 2],
      'd',
      [0x3f, 0xc0, 0, 0],
      'D',
      [0x3f, 0xf8, 0, 0, 0, 0, 0, 0],
      'SU',
      [2],
      'hi',
      'CxTFZNHi',
      [2],
      '12]',
    );
    expect(readUbjson(source)).toEqual([-1, 255, -2, 65_536, 2 ** 32 + 2, 1.5, 1.5, 'hi', 'x', true, false, null, 12]);
  });

  it('in objects, by their own keys alone', () => {
    const value = readUbjson(bytes('{U', [9], '__proto__i', [1], 'U', [1], 'ai', [2], '}')) as Record<string, unknown>;
    expect(Object.entries(value)).toEqual([
      ['__proto__', 1],
      ['a', 2],
    ]);
  });

  it('in typed and counted arrays', () => {
    expect(readUbjson(bytes('[$U#i', [3], [1, 2, 3]))).toEqual(Uint8Array.of(1, 2, 3));
    expect(readUbjson(bytes('[$l#i', [1], [255, 255, 255, 255]))).toEqual(Int32Array.of(-1));
    expect(readUbjson(bytes('[#i', [2], 'TF'))).toEqual([true, false]);
  });
});

describe('broken input', () => {
  it.each([
    ['nothing', bytes(''), 'ML_FORMAT_TRUNCATED'],
    ['a huge typed array', bytes('[$D#L', [0, 0x0f, 0, 0, 0, 0, 0, 0]), 'ML_FORMAT_TRUNCATED'],
    ['a huge count', bytes('[#l', [0x7f, 0, 0, 0]), 'ML_FORMAT_TRUNCATED'],
    ['an array of nothings', bytes('[$Z#l', [0x7f, 0, 0, 0]), 'ML_FORMAT_MALFORMED'],
    ['a negative length', bytes('Si', [255]), 'ML_FORMAT_MALFORMED'],
    ['an unknown type', bytes('?'), 'ML_FORMAT_MALFORMED'],
    ['deep nesting', bytes('['.repeat(100_000)), 'ML_FORMAT_LIMIT'],
    ['an array without an end', bytes('[TT'), 'ML_FORMAT_TRUNCATED'],
  ])('%s', (_, source, code) => {
    expect(() => readUbjson(source)).toThrow(expect.objectContaining({ code }));
  });
});
