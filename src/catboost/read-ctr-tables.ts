import { FlatTable } from '../formats/flatbuffers/flat-table.ts';
import type { CtrTableSource, CtrType } from './catboost-model.ts';
import { modelError } from './model-error.ts';
import type { PartReader } from './part-reader.ts';
import { readCtrBase } from './read-cbm-features.ts';

/** A hash of 8 bytes and an index of 4. */
const BUCKET_BYTES = 12;
/** Both halves of the hash of an empty bucket. */
const EMPTY = 0xffff_ffff;
/** Length of the smallest table, its own length included. */
const MIN_TABLE_BYTES = 8;

/**
 * The tables of target statistics of a `.cbm` file.
 *
 * Source: catboost/libs/model/ctr_data.cpp, ctr_value_table.cpp; catboost/libs/helpers/dense_hash_view.h.
 */
export function readCtrTables(file: PartReader): CtrTableSource[] {
  const count = file.length('the target statistics');
  if (count * MIN_TABLE_BYTES > file.left)
    throw modelError(
      'ML_FORMAT_TRUNCATED',
      `${count} tables of target statistics need more than the ${file.left} bytes left`,
    );
  return Array.from({ length: count }, () => readTable(file.block('the target statistics')));
}

function readTable(bytes: Uint8Array): CtrTableSource {
  const table = FlatTable.root(bytes, 'CatBoost model, target statistics');
  const base = readCtrBase(table.table(0));
  return {
    base,
    hashes: readBuckets(table.byteVector(1)),
    values: readValues(table.byteVector(2), base.type),
    denominator: table.int32(3, 0),
    classes: table.int32(4, 0),
  };
}

function readBuckets(bytes: Uint8Array): CtrTableSource['hashes'] {
  const count = bytes.length / BUCKET_BYTES;
  if (!Number.isInteger(count))
    throw modelError('ML_FORMAT_MALFORMED', `${bytes.length} bytes are no hash table of target statistics`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const used: number[] = [];
  for (let at = 0; at < bytes.length; at += BUCKET_BYTES) {
    if (view.getUint32(at, true) !== EMPTY || view.getUint32(at + 4, true) !== EMPTY) used.push(at);
  }
  return {
    low: Uint32Array.from(used, (at) => view.getUint32(at, true)),
    high: Uint32Array.from(used, (at) => view.getUint32(at + 4, true)),
    index: Uint32Array.from(used, (at) => view.getUint32(at + 8, true)),
  };
}

/** Means are a float and an integer each, all others integers. */
function readValues(bytes: Uint8Array, type: CtrType): Int32Array | Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / 4);
  const means = type === 'BinarizedTargetMeanValue' || type === 'FloatTargetMeanValue';
  if (!means) return Int32Array.from({ length: count }, (_, i) => view.getInt32(4 * i, true));
  return Float64Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? view.getFloat32(4 * i, true) : view.getInt32(4 * i, true),
  );
}
