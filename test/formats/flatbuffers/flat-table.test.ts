import { describe, expect, it } from 'vitest';
import { FlatTable } from '../../../src/formats/flatbuffers/flat-table.ts';

/** A root table with fields: 0 an integer, 1 absent, 2 a text, 3 a vector of integers. */
function buffer(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(16, 0); // root
  bytes.writeUInt16LE(12, 4); // vtable: its bytes, the table's, then the fields
  bytes.writeUInt16LE(16, 6);
  bytes.writeUInt16LE(4, 8);
  bytes.writeUInt16LE(0, 10);
  bytes.writeUInt16LE(8, 12);
  bytes.writeUInt16LE(12, 14);
  bytes.writeInt32LE(12, 16); // table: back to its vtable
  bytes.writeInt32LE(-7, 20);
  bytes.writeUInt32LE(12, 24); // 24 + 12 = 36
  bytes.writeUInt32LE(20, 28); // 28 + 20 = 48
  bytes.writeUInt32LE(5, 36);
  bytes.write('héy!', 40, 'utf8');
  bytes.writeUInt32LE(2, 48);
  bytes.writeInt32LE(1, 52);
  bytes.writeInt32LE(-2, 56);
  return bytes;
}

const rootOf = (bytes: Uint8Array): FlatTable => FlatTable.root(bytes, 'test');
const malformed = expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }) as Error;

describe('a table', () => {
  it('has the fields that are there and defaults for others', () => {
    const table = rootOf(buffer());
    expect(table.int32(0, 1)).toBe(-7);
    expect(table.int32(1, 42)).toBe(42);
    expect(table.int32(9, 43)).toBe(43);
    expect(table.text(2)).toBe('héy!');
    expect(Array.from(table.int32s(3))).toEqual([1, -2]);
    expect(table.text(1)).toBeUndefined();
    expect(table.table(1)).toBeUndefined();
    expect(table.tables(1)).toEqual([]);
  });

  it('refuses places outside of the buffer before anything is set aside for them', () => {
    const long = buffer();
    long.writeUInt32LE(0xffff_ffff, 48);
    expect(() => rootOf(long).int32s(3)).toThrow(malformed);
    expect(() => rootOf(long).float64s(3)).toThrow(malformed);
    expect(() => rootOf(long).tables(3)).toThrow(malformed);
    const far = buffer();
    far.writeUInt32LE(0x7fff_ffff, 24);
    expect(() => rootOf(far).text(2)).toThrow(malformed);
    const nowhere = buffer();
    nowhere.writeInt32LE(1000, 16);
    expect(() => rootOf(nowhere)).toThrow(malformed);
    expect(() => rootOf(Buffer.alloc(2))).toThrow(malformed);
  });

  it('refuses to read the same bytes over and over', () => {
    const table = rootOf(buffer());
    const again = (): void => {
      for (let i = 0; i < 100_000; i++) table.int32s(3);
    };
    expect(again).toThrow(expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }));
  });
});
