import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FieldReader, readVarint, WIRE } from '../../../src/formats/protobuf/wire-reader.ts';
import { WireWriter } from '../../../src/formats/onnx-proto/wire-writer.ts';

const reader = (bytes: Uint8Array, wholeFile = false): FieldReader =>
  new FieldReader(bytes, { message: 'Test', fileStart: bytes.byteOffset, wholeFile });
const walk = (bytes: Uint8Array, wholeFile = false): void => {
  const fields = reader(bytes, wholeFile);
  while (fields.next());
};

describe('writer and reader', () => {
  test('any int64 comes back', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.integer({ min: 1, max: 2 ** 29 - 1 }), (value, field) => {
        const fields = reader(new WireWriter().int(field, value).finish());
        expect(fields.next()).toBe(true);
        expect([fields.field, fields.int64()]).toEqual([field, value]);
        expect(fields.next()).toBe(false);
      }),
    );
  });

  test('text, bytes, floats and nested messages come back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.float(), fc.uint8Array(), (text, number, bytes) => {
        const inner = new WireWriter().text(1, text).float(2, number);
        const outer = reader(new WireWriter().message(5, inner).bytes(6, bytes).finish());
        outer.next();
        const nested = reader(outer.bytes());
        nested.next();
        expect(nested.name()).toBe(text);
        nested.next();
        expect(nested.float()).toBe(number);
        outer.next();
        expect(outer.bytes()).toEqual(bytes);
      }),
    );
  });

  test('packed and single numbers are the same list', () => {
    const values = [0n, 1n, -1n, 300n, 2n ** 62n];
    const bytes = new WireWriter().packedInts(1, values).ints(1, values).finish();
    const fields = reader(bytes);
    const back: bigint[] = [];
    let count = 0;
    while (fields.next()) {
      count += fields.count(WIRE.VARINT);
      fields.each(WIRE.VARINT, (at) => back.push(readVarint(bytes, at)));
    }
    expect(count).toBe(10);
    expect(back).toEqual([...values, ...values]);
  });

  test('values are views of the file', () => {
    const bytes = new WireWriter().bytes(1, Uint8Array.of(1, 2, 3)).finish();
    const fields = reader(bytes);
    fields.next();
    expect(fields.bytes().buffer).toBe(bytes.buffer);
  });
});

describe('bytes that are no protobuf', () => {
  test.each([
    ['a group', [0x0b]],
    ['the end of a group', [0x0c]],
    ['wire type 6', [0x0e]],
    ['wire type 7', [0x0f]],
    ['field 0', [0x00, 0x00]],
    ['a number of 11 bytes', [0x08, ...Array.from({ length: 10 }, () => 0xff), 0x01]],
    ['a tag of 11 bytes', [...Array.from({ length: 10 }, () => 0xff), 0x01]],
    ['a length of 4 GiB', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a length of 2^63', [0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
  ])('%s is malformed', (_, bytes) => {
    expect(() => walk(Uint8Array.from(bytes), true)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
  });

  test.each([
    ['within a number', [0x08, 0x80]],
    ['within text', [0x0a, 0x05, 0x61]],
    ['within a float', [0x0d, 0x00, 0x00]],
    ['within a double', [0x09, 0x00]],
  ])('a file that ends %s is truncated, a message is malformed', (_, bytes) => {
    const cut = Uint8Array.from(bytes);
    expect(() => walk(cut, true)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_TRUNCATED' }));
    expect(() => walk(cut)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
  });

  test('packed numbers that do not fill their bytes are malformed', () => {
    const fields = reader(Uint8Array.of(0x0a, 0x03, 0, 0, 0));
    fields.next();
    expect(() => fields.count(WIRE.FIXED32)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
    const open = reader(Uint8Array.of(0x0a, 0x01, 0x80, 0x01));
    open.next();
    expect(() => open.count(WIRE.VARINT)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
  });

  test('names must be UTF-8, free text need not be', () => {
    const fields = reader(Uint8Array.of(0x0a, 0x01, 0xff));
    fields.next();
    expect(() => fields.name()).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
    expect(fields.text()).toBe('\ufffd');
  });

  test('the offset in the error is that of the field in the file', () => {
    const bytes = Uint8Array.of(0x08, 0x01, 0x0b);
    expect(() => walk(bytes)).toThrow(expect.objectContaining({ details: expect.objectContaining({ offset: 2 }) }));
  });
});
