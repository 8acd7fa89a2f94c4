import type { Limits } from '../../spec/limits.ts';
import { Cursor } from './cursor.ts';
import { FileBytes } from './file-bytes.ts';
import { malformed, truncated, unsupported } from './hdf5-problem.ts';
import { findSignature } from './looks-like-hdf5.ts';

const SIGNATURE_BYTES = 8;
const FIELD_SIZES: ReadonlySet<number> = new Set([2, 4, 8]);

/** Where everything in a file begins. */
export interface Superblock {
  readonly file: FileBytes;
  /** Address of the root group's object header. */
  readonly root: number;
  /** Address of the object header with what the superblock has no room for. */
  readonly extension: number | undefined;
}

/** Reads the superblock, version 0 to 3. A user block before it is skipped. */
export function readSuperblock(bytes: Uint8Array, limits: Limits): Superblock {
  const start = findSignature(bytes);
  if (start === undefined) throw malformed('the file has no HDF5 signature');
  const version = bytes[start + SIGNATURE_BYTES];
  if (version === undefined) throw truncated('the file ends in its superblock', start);
  if (version > 3) {
    throw unsupported(`the superblock has version ${version}, known are 0 to 3`, start + SIGNATURE_BYTES);
  }
  const sizeAt = start + SIGNATURE_BYTES + (version < 2 ? 5 : 1);
  const sizes = { address: fieldSize(bytes, sizeAt), length: fieldSize(bytes, sizeAt + 1) };
  const cursor = new Cursor(bytes.subarray(start), sizes, { what: 'the superblock', fileStart: start });
  const file = new FileBytes(bytes, start, { sizes, limits });
  const { end, ...rest } = version < 2 ? readOld(cursor, version) : readNew(cursor);
  if (end === undefined || end > file.size) {
    throw truncated(`the file should have ${end ?? 'more'} bytes and has ${file.size}; copy it again`);
  }
  return { file, ...rest };
}

type Fields = Omit<Superblock, 'file'> & { readonly end: number | undefined };

function readOld(cursor: Cursor, version: number): Fields {
  cursor.skip(SIGNATURE_BYTES + 1);
  for (const part of ['the free space', 'the root group', 'shared headers']) {
    if (part === 'shared headers') cursor.skip(1);
    const found = cursor.u8();
    if (found !== 0) throw cursor.malformed(`${part} has version ${found}, only 0 is known`);
  }
  cursor.skip(3);
  const leafK = cursor.u16();
  const internalK = cursor.u16();
  if (leafK === 0 || internalK === 0) throw cursor.malformed('the nodes of groups have no room');
  cursor.skip(4 + (version === 1 ? 4 : 0));
  const base = cursor.definedAddress('the file');
  cursor.address();
  const end = cursor.address();
  const driver = cursor.address();
  if (driver !== undefined) throw unsupported('the file is one part of several (a family or split file)');
  cursor.length();
  return { root: cursor.definedAddress('the root group'), extension: undefined, end: relative(end, base, cursor) };
}

function readNew(cursor: Cursor): Fields {
  cursor.skip(SIGNATURE_BYTES + 1 + 2);
  cursor.skip(1);
  const base = cursor.definedAddress('the file');
  const extension = cursor.address();
  const end = cursor.address();
  const root = cursor.definedAddress('the root group');
  cursor.checksum();
  return { root, extension, end: relative(end, base, cursor) };
}

/** The end of the file, counted from the superblock. */
function relative(end: number | undefined, base: number, cursor: Cursor): number | undefined {
  if (end !== undefined && end < base) throw cursor.malformed('the file ends before it begins');
  return end === undefined ? undefined : end - base;
}

function fieldSize(bytes: Uint8Array, at: number): number {
  const size = bytes[at];
  if (size === undefined) throw truncated('the file ends in its superblock', at);
  if (!FIELD_SIZES.has(size)) throw unsupported(`addresses or lengths of ${size} bytes`, at);
  return size;
}
