import type { FlatTable } from '../formats/flatbuffers/flat-table.ts';
import type { CatFeature, CtrBase, CtrFeature, CtrType, FloatFeature, OneHotFeature } from './catboost-model.ts';
import { modelError } from './model-error.ts';

/** In the order of the schema's numbers. */
const CTR_TYPES: readonly CtrType[] = [
  'Borders',
  'Buckets',
  'BinarizedTargetMeanValue',
  'FloatTargetMeanValue',
  'Counter',
  'FeatureFreq',
];
/** The treatment of NaN that lets it count as above every border. */
const AS_TRUE = 2;

/** Source: catboost/libs/model/flatbuffers/features.fbs, as for all of these. */
export function readFloatFeature(table: FlatTable): FloatFeature {
  return {
    index: table.int32(1, -1),
    flatIndex: table.int32(2, -1),
    borders: table.float32s(3),
    name: table.text(4) ?? '',
    nanAboveAll: table.bool(0, false) && table.uint8(5, 0) === AS_TRUE,
  };
}

export function readCatFeature(table: FlatTable): CatFeature {
  return { index: table.int32(0, -1), flatIndex: table.int32(1, -1), name: table.text(2) ?? '' };
}

export function readOneHotFeature(table: FlatTable): OneHotFeature {
  return { index: table.int32(0, -1), values: table.int32s(1) };
}

/** Source: catboost/libs/model/flatbuffers/ctr_data.fbs. */
export function readCtrFeature(table: FlatTable): CtrFeature {
  const ctr = table.table(0);
  if (ctr === undefined) throw modelError('ML_FORMAT_MALFORMED', 'a feature of target statistics has no content');
  return {
    base: readCtrBase(ctr.table(0)),
    targetBorder: ctr.int32(1, 0),
    priorNumerator: ctr.float32(2, 0),
    priorDenominator: ctr.float32(3, 1),
    shift: ctr.float32(4, 0),
    scale: ctr.float32(5, 1),
    borders: table.float32s(1),
  };
}

export function readCtrBase(table: FlatTable | undefined): CtrBase {
  const combination = table?.table(0);
  if (table === undefined || combination === undefined)
    throw modelError('ML_FORMAT_MALFORMED', 'target statistics name no features');
  const type = CTR_TYPES[table.uint8(1, 0)];
  if (type === undefined)
    throw modelError('ML_FORMAT_UNSUPPORTED', `target statistics of type ${table.uint8(1, 0)} are not supported`);
  return {
    combination: {
      categories: combination.int32s(0),
      floatSplits: pairs(combination.structs(1, 2), (view, at) => ({
        index: view.getInt32(at, true),
        border: view.getFloat32(at + 4, true),
      })),
      oneHotSplits: pairs(combination.structs(2, 2), (view, at) => ({
        index: view.getInt32(at, true),
        value: view.getInt32(at + 4, true),
      })),
    },
    type,
    classifier: table.int32(2, 0),
  };
}

function pairs<T>(view: DataView, read: (view: DataView, at: number) => T): T[] {
  return Array.from({ length: view.byteLength / 8 }, (_, i) => read(view, 8 * i));
}
