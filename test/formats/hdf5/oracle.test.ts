// Compares with the C library, compiled to WebAssembly (h5wasm), on files of many writers: whatever it reads, we read
// the same. Files are in its memory only.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as h5wasm from 'h5wasm';
import { describe, expect, test } from 'vitest';
import { checkHdf5 } from '../../../src/formats/hdf5/check-hdf5.ts';
import type { Hdf5Dataset, Hdf5Group, Hdf5Value } from '../../../src/formats/hdf5/hdf5-file.ts';
import { readHdf5 } from '../../../src/formats/hdf5/read-hdf5.ts';
import { CORPUS, filesBelow, FIXTURES, hasShared } from '../joblib/files.ts';
import { fixture, fixtureNames, LIMITS } from './files.ts';

const { FS } = await h5wasm.ready;
/** Filters that both read: deflate, shuffle, fletcher32. */
const COMMON_FILTERS: ReadonlySet<number> = new Set([1, 2, 3]);
let files = 0;

interface Tally {
  datasets: number;
  attributes: number;
}

/** Compares a whole file, and gives how much there was to compare. */
function compareFile(bytes: Uint8Array): Tally {
  const path = `/${files++}.h5`;
  FS.writeFile(path, bytes);
  const file = new h5wasm.File(path, 'r');
  const tally: Tally = { datasets: 0, attributes: 0 };
  try {
    compareGroup(readHdf5(bytes, LIMITS), file, tally);
  } finally {
    file.close();
    FS.unlink(path);
  }
  return tally;
}

function compareGroup(ours: Hdf5Group, theirs: h5wasm.Group, tally: Tally): void {
  expect(ours.names.toSorted(), ours.path).toEqual(theirs.keys().toSorted());
  compareAttributes(ours, theirs, tally);
  for (const name of ours.names) {
    const other = theirs.get(name);
    if (other instanceof h5wasm.Datatype) continue;
    const mine = ours.child(name);
    if (other instanceof h5wasm.Group) {
      expect(mine?.kind).toBe('group');
      compareGroup(mine as Hdf5Group, other, tally);
    } else if (other instanceof h5wasm.Dataset) {
      expect(mine?.kind).toBe('dataset');
      compareDataset(mine as Hdf5Dataset, other, tally);
    }
  }
}

function compareDataset(ours: Hdf5Dataset, theirs: h5wasm.Dataset, tally: Tally): void {
  compareAttributes(ours, theirs, tally);
  if (ours.dtype === undefined || theirs.shape === null || theirs.filters.some(({ id }) => !COMMON_FILTERS.has(id)))
    return;
  const value = valueOf(theirs);
  if (value === undefined) return;
  expect(ours.shape.slice(0, theirs.shape.length), ours.path).toEqual(theirs.shape);
  const { data } = ours.read();
  if (!sameBytes(data, value)) expect(plain(data, theirs.metadata), ours.path).toEqual(plain(value, theirs.metadata));
  tally.datasets++;
}

function compareAttributes(ours: Hdf5Group | Hdf5Dataset, theirs: h5wasm.Group | h5wasm.Dataset, tally: Tally): void {
  const names = Object.keys(theirs.attrs);
  expect([...ours.attributes.keys()].toSorted(), ours.path).toEqual(names.toSorted());
  for (const name of names) {
    const attribute = theirs.attrs[name] as h5wasm.Attribute;
    const mine = ours.attributes.get(name) as Hdf5Value;
    const value = valueOf(attribute);
    if (mine === null || value === undefined || value === null) continue;
    const data = typeof mine === 'object' ? mine.data : [mine];
    expect(plain(data, attribute.metadata), `${ours.path} @${name}`).toEqual(plain(value, attribute.metadata));
    tally.attributes++;
  }
}

/**
 * `undefined` for what this oracle does not read, or in another form: half floats, bit fields, compounds, references,
 * integers with bits that do not count, enums of the other byte order, text padded with spaces.
 */
function valueOf(item: {
  readonly path?: string;
  readonly metadata: h5wasm.Metadata;
  readonly value: unknown;
}): unknown {
  const { type, size, littleEndian, strpad } = item.metadata;
  const isRead =
    (type === 0 && [1, 2, 4, 8].includes(size) && item.path !== '/types/packed') ||
    (type === 1 && size >= 4) ||
    (type === 8 && littleEndian) ||
    ([3, 9, 10].includes(type) && strpad !== 2);
  return isRead ? tried(() => item.value) : undefined;
}

function tried(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Whether two typed arrays are equal to the bit; comparing their elements takes long. */
function sameBytes(a: unknown, b: unknown): boolean {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return false;
  const raw = (view: ArrayBufferView): Buffer => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return raw(a).equals(raw(b));
}

/** Flat values in one form: numbers where they are safe, text of the ASCII kind byte by byte, booleans as 0 and 1. */
function plain(value: unknown, { type, cset }: h5wasm.Metadata): readonly unknown[] {
  const isView = ArrayBuffer.isView(value);
  const list: unknown[] = isView || Array.isArray(value) ? Array.from(value as ArrayLike<unknown>) : [value];
  return list.flatMap((item): unknown => {
    if (Array.isArray(item) || ArrayBuffer.isView(item)) return plain(item, { type, cset } as h5wasm.Metadata);
    if (typeof item === 'bigint' && Number.isSafeInteger(Number(item))) return Number(item);
    if (typeof item === 'boolean') return Number(item);
    // The oracle takes what is declared ASCII for Latin-1.
    if (typeof item === 'string' && type === 3 && cset === 0 && /[^\0-\u007f]/.test(item)) return 'not ASCII';
    return item;
  });
}

describe('the same as the C library', () => {
  // Two are there to be refused; the type of the third is one that the oracle does not read.
  const others = new Set(['linked.h5', 'declared.h5', 'complex-hdf5-2.0.h5']);
  const names = fixtureNames().filter((name) => !others.has(name));
  test.each(names)('%s', (name) => {
    const { datasets, attributes } = compareFile(fixture(name));
    expect(datasets + attributes).toBeGreaterThan(0);
  });
});

describe.runIf(hasShared())('shared files', () => {
  const benign = ['jjhelmus__pyfive', 'h5py__h5py', 'usnistgov__h5wasm', 'usnistgov__jsfive']
    .flatMap((folder) => filesBelow(join(CORPUS, folder)))
    .filter((path) => /\.(?:h5|hdf5|nc)$/.test(path));
  const keras = filesBelow(join(FIXTURES, 'keras-tf')).filter((path) => path.endsWith('.h5'));

  test('all benign files of the corpus', () => {
    const total: Tally = { datasets: 0, attributes: 0 };
    for (const path of benign) {
      const { datasets, attributes } = compareFile(readFileSync(path));
      total.datasets += datasets;
      total.attributes += attributes;
    }
    expect(benign.length).toBeGreaterThanOrEqual(27);
    expect(total.datasets).toBeGreaterThan(70);
    expect(total.attributes).toBeGreaterThan(60);
  });

  test('nothing is found in them but filters that are not read', () => {
    const found = benign.flatMap((path) =>
      checkHdf5(readFileSync(path), LIMITS).map(({ severity, message }) => `${basename(path)} ${severity} ${message}`),
    );
    expect(found).toEqual([
      expect.stringMatching(/^compressed\.h5 unsupported HDF5: "\/szip": .* filter 4 \(szip\)/),
      expect.stringMatching(/^compressed\.h5 unsupported HDF5: "\/scaleoffset": .* filter 6 \(scaleoffset\)/),
    ]);
  });

  test('all weights of the Keras fixtures', () => {
    let datasets = 0;
    for (const path of keras) {
      const bytes = readFileSync(path);
      datasets += compareFile(bytes).datasets;
      expect(checkHdf5(bytes, LIMITS), path).toEqual([]);
    }
    expect(keras.length).toBeGreaterThan(100);
    expect(datasets).toBeGreaterThan(1_000);
  });
});
