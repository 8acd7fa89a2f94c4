import { FormatError } from '../../errors/format-error.ts';
import type { Limits } from '../../spec/limits.ts';
import { WIRE } from '../protobuf/wire-reader.ts';
import type { TfShape } from '../tensorflow-proto/graph-def.ts';
import { ProtoContext } from '../tensorflow-proto/proto-context.ts';
import { readShape } from '../tensorflow-proto/read-shape.ts';
import { readSortedTable } from './sorted-table.ts';

/** A part of a tensor: start and length per dimension; a length of -1 is the whole dimension. */
export type Slice = readonly { readonly start: number; readonly length: number }[];

/** Where a tensor of a checkpoint is. */
export interface BundleEntry {
  /** Element type as a number of TensorFlow. */
  readonly type: number;
  readonly shape: TfShape;
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  /** Masked CRC-32C of the bytes. */
  readonly checksum: number;
  /** Parts that the tensor is stored in; empty for one that is stored whole. */
  readonly slices: readonly Slice[];
}

/** The index of a checkpoint. */
export interface BundleIndex {
  readonly shards: number;
  /** By key as latin1, since keys of parts are binary. */
  readonly entries: ReadonlyMap<string, BundleEntry>;
}

/** More shards than any cluster writes. */
const MAX_SHARDS = 100_000;

/**
 * `variables.index`: a sorted table of keys and places.
 *
 * @param name of the file, for messages
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT`
 */
export function readBundleIndex(file: Uint8Array, name: string, limits: Pick<Limits, 'maxElements'>): BundleIndex {
  const context = new ProtoContext(file, limits);
  const entries = new Map<string, BundleEntry>();
  let shards: number | undefined;
  readSortedTable(file, name, (key, value) => {
    if (key.length === 0) shards = readHeader(value, context);
    else entries.set(Buffer.from(key).toString('latin1'), readEntry(value, context));
  });
  if (shards === undefined) throw new FormatError('ML_FORMAT_MALFORMED', `${name} has no header; copy the file again`);
  return { shards, entries };
}

function readHeader(body: Uint8Array, context: ProtoContext): number {
  const reader = context.open(body, 'BundleHeaderProto');
  let shards = 0;
  while (reader.next()) {
    if (reader.field === 1) shards = reader.int32();
    else if (reader.field === 2 && reader.int32() !== 0) {
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        'the checkpoint was written big-endian; save it on another machine',
      );
    }
  }
  if (shards < 1 || shards > MAX_SHARDS) throw reader.problem(`says that there are ${shards} data files`);
  return shards;
}

function readEntry(body: Uint8Array, context: ProtoContext): BundleEntry {
  const reader = context.open(body, 'BundleEntryProto');
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let type = 0;
  let shape: TfShape = [];
  let shard = 0;
  let offset = 0;
  let size = 0;
  let checksum = 0;
  const slices: Slice[] = [];
  while (reader.next()) {
    if (reader.field === 1) type = reader.int32();
    else if (reader.field === 2) shape = readShape(reader.bytes(), context);
    else if (reader.field === 3) shard = reader.int32();
    else if (reader.field === 4) offset = reader.integer();
    else if (reader.field === 5) size = reader.integer();
    else if (reader.field === 6) {
      reader.each(WIRE.FIXED32, (at) => {
        checksum = view.getUint32(at, true);
      });
    } else if (reader.field === 7) slices.push(readSlice(reader.bytes(), context));
  }
  if (![offset, size].every((value) => Number.isSafeInteger(value) && value >= 0) || shard < 0) {
    throw reader.problem(`puts a tensor at byte ${offset} of data file ${shard}, ${size} bytes long`);
  }
  return { type, shape, shard, offset, size, checksum, slices };
}

function readSlice(body: Uint8Array, context: ProtoContext): Slice {
  const reader = context.open(body, 'TensorSliceProto');
  const slice: { start: number; length: number }[] = [];
  while (reader.next()) {
    if (reader.field !== 1) continue;
    const extent = context.open(reader.bytes(), 'TensorSliceProto.Extent');
    let start = 0;
    let length = -1;
    while (extent.next()) {
      if (extent.field === 1) start = extent.integer();
      else if (extent.field === 2) length = extent.integer();
    }
    slice.push({ start, length });
  }
  return slice;
}
