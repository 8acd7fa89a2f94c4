import { describe, expect, test } from 'vitest';
import { fletcher32, lookup3 } from '../../../src/formats/hdf5/checksum.ts';
import { copyChunk } from '../../../src/formats/hdf5/copy-chunk.ts';
import { FileBytes } from '../../../src/formats/hdf5/file-bytes.ts';
import { undoFilters } from '../../../src/formats/hdf5/filters.ts';
import { decompressLzf } from '../../../src/formats/hdf5/lzf.ts';
import { StorageLedger } from '../../../src/formats/hdf5/storage-ledger.ts';
import { LIMITS } from './files.ts';

const fileOf = (bytes: number): FileBytes =>
  new FileBytes(new Uint8Array(bytes), 0, { sizes: { address: 8, length: 8 }, limits: LIMITS });

describe('checksums', () => {
  test('lookup3 as its author gives it', () => {
    expect(lookup3(new Uint8Array(0))).toBe(0xdeadbeef);
    expect(lookup3(Buffer.from('Four score and seven years ago'))).toBe(0x17770551);
  });

  test('fletcher32 of an odd number of bytes, and of more than are summed at once', () => {
    expect(fletcher32(Uint8Array.of(1, 2, 3))).toBe(0x05_04_04_02);
    expect(fletcher32(new Uint8Array(100_000).fill(0xff))).toBe(0xffff_ffff);
  });
});

describe('what is stored bounds what is read', () => {
  test('datasets whose storage overlaps', () => {
    const ledger = new StorageLedger(fileOf(1_000));
    ledger.charge(8, 600, 600);
    ledger.charge(8, 600, 600);
    expect(() => ledger.charge(16, 600, 600)).toThrow(/their storage overlaps/);
    ledger.charge(24, 400, 400);
  });

  test('what comes of nothing, all datasets together', () => {
    const ledger = new StorageLedger(fileOf(1_000));
    const half = 64 * 1024 ** 2;
    ledger.charge(8, 0, half);
    ledger.charge(16, 10, half + 10 * 256);
    expect(() => ledger.charge(24, 0, 1)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }));
    ledger.charge(32, 1, 256);
  });

  test('metadata that is used over and over', () => {
    const file = fileOf(1_000);
    file.spend(64 * 1024 ** 2);
    expect(() => file.spend(64_001)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }));
  });
});

describe('chunks', () => {
  test.each([
    { shape: [5], chunkShape: [3], start: [3] },
    { shape: [5, 7], chunkShape: [2, 3], start: [4, 6] },
    { shape: [4, 3, 2], chunkShape: [2, 3, 2], start: [2, 0, 0] },
    { shape: [3, 4, 40], chunkShape: [2, 3, 40], start: [2, 3, 0] },
    { shape: [2, 3, 4], chunkShape: [5, 5, 5], start: [0, 0, 0] },
  ])('are copied to their place in $shape', ({ shape, chunkShape, start }) => {
    const product = (extents: readonly number[]): number => extents.reduce((all, extent) => all * extent, 1);
    const chunk = Uint8Array.from({ length: product(chunkShape) }, (_, i) => 1 + (i % 250));
    const out = new Uint8Array(product(shape));
    copyChunk(chunk, out, { shape, chunkShape, start, elementSize: 1 });
    const expected = Uint8Array.from({ length: out.length }, (_, flat) => {
      const place: number[] = [];
      for (let d = shape.length - 1, rest = flat; d >= 0; d--) {
        place.unshift((rest % (shape[d] ?? 1)) - (start[d] ?? 0));
        rest = Math.floor(rest / (shape[d] ?? 1));
      }
      const isInside = place.every((at, d) => at >= 0 && at < (chunkShape[d] ?? 0));
      return isInside ? (chunk[place.reduce((sum, at, d) => sum * (chunkShape[d] ?? 1) + at, 0)] ?? 0) : 0;
    });
    expect(out).toEqual(expected);
  });

  test('LZF copies that overlap themselves, and what reaches outside', () => {
    expect(Buffer.from(decompressLzf(Uint8Array.of(1, 97, 98, 0x80, 1), 20)).toString()).toBe('abababab');
    expect(() => decompressLzf(Uint8Array.of(0, 97, 0x20, 5), 20)).toThrow(/outside its chunk/);
    expect(() => decompressLzf(Uint8Array.of(5, 97), 20)).toThrow(/run is too long/);
    expect(() => decompressLzf(Uint8Array.of(1, 97, 98, 0xe0, 200, 1), 20)).toThrow(/outside its chunk/);
  });

  test('a chunk that becomes more or less than a chunk', () => {
    const filters = [{ id: 1, name: '', parameters: [] }];
    const undo = (stored: Uint8Array): Uint8Array => undoFilters(stored, { filters, mask: 0, chunkBytes: 4 });
    expect(() => undo(Uint8Array.of(1, 2, 3))).toThrow(/cannot be decompressed/);
    expect(undoFilters(Uint8Array.of(1, 2, 3, 4), { filters, mask: 1, chunkBytes: 4 })).toEqual(
      Uint8Array.of(1, 2, 3, 4),
    );
    expect(() => undoFilters(Uint8Array.of(1), { filters, mask: 1, chunkBytes: 4 })).toThrow(
      /a chunk of 4 bytes became 1/,
    );
  });
});
