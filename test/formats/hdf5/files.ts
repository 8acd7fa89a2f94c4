// The HDF5 files of the tests, with what h5py reads from them (make_fixtures.py).
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Hdf5Dataset, Hdf5Group, Hdf5Value } from '../../../src/formats/hdf5/hdf5-file.ts';
import type { Limits } from '../../../src/spec/limits.ts';
import type { TensorLike } from '../../../src/spec/tensor.ts';

const folder = fileURLToPath(new URL('files/', import.meta.url));

export const LIMITS: Limits = {
  maxModelBytes: 4 * 1024 ** 3,
  maxMetadataBytes: 1024 ** 2,
  maxNesting: 64,
  maxElements: 5_000_000,
  maxFiles: 100_000,
};

/** Values as `make_fixtures.py` writes them. */
interface ExpectedValue {
  readonly dtype?: string | null;
  readonly shape?: readonly number[];
  readonly null?: true;
  readonly data?: readonly unknown[];
  readonly base64?: string;
  readonly sha256?: string;
}

export interface ExpectedObject extends ExpectedValue {
  readonly kind: 'group' | 'dataset' | 'datatype' | 'again';
  readonly attributes: Readonly<Record<string, ExpectedValue>>;
  readonly children: Readonly<Record<string, ExpectedObject>>;
}

export function fixture(name: string): Buffer {
  return readFileSync(join(folder, name));
}

export function fixtureNames(): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.h5'));
}

export function expectedTree(name: string): ExpectedObject {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as ExpectedObject;
}

/** Compares everything below a group, values bit by bit. */
export function expectTree(group: Hdf5Group, expected: ExpectedObject): void {
  expectAttributes(group, expected);
  expect([...group.names], group.path).toEqual(Object.keys(expected.children));
  for (const [name, child] of Object.entries(expected.children)) {
    if (child.kind === 'again') continue;
    if (child.kind === 'datatype') {
      expect(() => group.child(name)).toThrow(/a named datatype/);
      continue;
    }
    const found = group.child(name);
    expect(found?.kind, `${group.path} ${name}`).toBe(child.kind);
    if (found?.kind === 'group') expectTree(found, child);
    else if (found?.kind === 'dataset') expectDataset(found, child);
  }
}

function expectDataset(dataset: Hdf5Dataset, expected: ExpectedObject): void {
  expectAttributes(dataset, expected);
  if (expected.null === true) {
    expect(dataset.shape).toEqual([0]);
    return;
  }
  expect(dataset.dtype, dataset.path).toBe(expected.dtype ?? undefined);
  if (expected.dtype === null) {
    expect(() => dataset.read()).toThrow(/has no tensor form/);
    return;
  }
  expect(dataset.shape, dataset.path).toEqual(expected.shape);
  expectTensor(dataset.read(), expected, dataset.path);
}

function expectAttributes(object: Hdf5Group | Hdf5Dataset, expected: ExpectedObject): void {
  expect([...object.attributes.keys()], object.path).toEqual(Object.keys(expected.attributes));
  for (const [name, value] of Object.entries(expected.attributes)) {
    const where = `${object.path} @${name}`;
    const found = object.attributes.get(name) as Hdf5Value;
    if (value.null === true || value.dtype === null) expect(found, where).toBeNull();
    else if (typeof found === 'object') expectTensor(found as TensorLike, value, where);
    else expectScalar(found, value, where);
  }
}

function expectScalar(found: string | number | bigint | boolean, expected: ExpectedValue, where: string): void {
  expect(expected.shape, where).toEqual([]);
  if (typeof found === 'string') {
    expectTensor({ data: [found], shape: [], dtype: 'string' }, expected, where);
    return;
  }
  const raw = Buffer.from(expected.base64 ?? '', 'base64');
  const value = numberOf(raw, expected.dtype ?? '');
  expect(found, where).toBe(value);
}

function numberOf(raw: Buffer, dtype: string): number | bigint | boolean {
  switch (dtype) {
    case 'bool':
      return raw[0] !== 0;
    case 'float64':
      return raw.readDoubleLE();
    case 'float32':
    case 'float16':
      return raw.readFloatLE();
    case 'uint64':
    case 'int64': {
      const value = dtype === 'int64' ? raw.readBigInt64LE() : raw.readBigUInt64LE();
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    }
    default:
      return dtype.startsWith('u') ? raw.readUIntLE(0, raw.length) : raw.readIntLE(0, raw.length);
  }
}

function expectTensor(found: TensorLike, expected: ExpectedValue, where: string): void {
  const { data, dtype } = found;
  expect(dtype, where).toBe(expected.dtype);
  if (expected.shape !== undefined) expect(found.shape, where).toEqual(expected.shape);
  if (Array.isArray(data)) {
    if (expected.sha256 !== undefined) {
      const digest = createHash('sha256').update(String(data[0])).digest('hex');
      expect(digest, where).toBe(expected.sha256);
    } else if (dtype === 'string') expect(data, where).toEqual(expected.data);
    else expectSequences(data, expected.data ?? [], where);
    return;
  }
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  const raw = Buffer.from(buffer, byteOffset, byteLength);
  if (expected.sha256 !== undefined) {
    expect(createHash('sha256').update(raw).digest('hex'), where).toBe(expected.sha256);
  } else expect(raw.toString('base64'), where).toBe(expected.base64);
}

function expectSequences(found: readonly unknown[], expected: readonly unknown[], where: string): void {
  expect(found.length, where).toBe(expected.length);
  for (const [i, value] of (expected as ExpectedValue[]).entries()) {
    const data = found[i] as Uint8Array;
    const { dtype } = value;
    expectTensor({ data, shape: [data.length], dtype: dtype as TensorLike['dtype'] }, value, `${where} ${i}`);
  }
}
