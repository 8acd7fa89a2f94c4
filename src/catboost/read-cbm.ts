import { FlatTable } from '../formats/flatbuffers/flat-table.ts';
import type { CatboostModel, CtrTableSource, ObliviousTrees, StepTrees } from './catboost-model.ts';
import { CBM_MAGIC } from './looks-like-catboost.ts';
import { modelError } from './model-error.ts';
import { PartReader } from './part-reader.ts';
import { readCatFeature, readCtrFeature, readFloatFeature, readOneHotFeature } from './read-cbm-features.ts';
import { readCtrTables } from './read-ctr-tables.ts';

const FORMAT = 'FlabuffersModel_v1';
const CTR_PART = 'static_provider_v1';
/** A single text must fit; many of them are bounded by the file. */
const MAX_PARTS = 16;

/**
 * A `.cbm` file: a FlatBuffer with the trees, then the parts that it names.
 *
 * Source: catboost/libs/model/model.cpp, `TFullModel::Load`; catboost/libs/model/flatbuffers/*.fbs.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT`
 */
export function readCbm(bytes: Uint8Array): CatboostModel {
  const file = new PartReader(bytes, CBM_MAGIC.length);
  const core = FlatTable.root(file.block('the trees'), 'CatBoost model');
  const version = core.text(0);
  if (version !== FORMAT) {
    throw modelError(
      'ML_FORMAT_UNSUPPORTED',
      `format ${JSON.stringify(version?.slice(0, 40) ?? null)} is not supported; known is ${FORMAT}`,
    );
  }
  const trees = core.table(1);
  if (trees === undefined) throw modelError('ML_FORMAT_MALFORMED', 'it has no trees');
  refuseOtherFeatures(trees);
  const dimensions = trees.int32(0, 0);
  return {
    dimensions,
    scale: trees.float64(14, 1),
    bias: readBias(trees, dimensions),
    floatFeatures: trees.tables(5).map(readFloatFeature),
    catFeatures: trees.tables(4).map(readCatFeature),
    oneHotFeatures: trees.tables(6).map(readOneHotFeature),
    ctrFeatures: trees.tables(7).map(readCtrFeature),
    ctrTables: readParts(core.texts(3), file),
    trees: readTrees(trees),
    info: new Map(core.tables(2).map((pair) => [pair.text(0) ?? '', pair.text(1) ?? ''])),
  };
}

function refuseOtherFeatures(trees: FlatTable): void {
  for (const [field, kind] of [
    [12, 'text'],
    [18, 'embedding'],
    [13, 'estimated'],
  ] as const) {
    if (trees.tables(field).length === 0) continue;
    throw modelError('ML_FORMAT_UNSUPPORTED', `${kind} features are not supported; numeric and categorical ones are`);
  }
}

/** Versions before 0.25 have one number, or none. */
function readBias(trees: FlatTable, dimensions: number): Float64Array {
  const several = trees.float64s(16);
  if (several.length > 0) return several;
  // What has no room for its leaves is refused later; nothing is set aside for it before that.
  return new Float64Array(Math.min(Math.max(0, dimensions), 2 ** 16)).fill(trees.float64(15, 0));
}

function readTrees(trees: FlatTable): ObliviousTrees | StepTrees {
  const common = { splits: trees.int32s(1), sizes: trees.int32s(2), leafValues: trees.float64s(8) };
  const steps = trees.uint16Structs(10, 2);
  const leafOffsets = trees.uint32s(11);
  return steps.length === 0 && leafOffsets.length === 0
    ? { kind: 'oblivious', ...common }
    : { kind: 'steps', ...common, steps, leafOffsets };
}

function readParts(names: readonly string[], file: PartReader): CtrTableSource[] {
  if (names.length > MAX_PARTS)
    throw modelError('ML_FORMAT_LIMIT', `${names.length} parts; at most ${MAX_PARTS} are read`);
  return names.flatMap((name) => {
    if (name === CTR_PART) return readCtrTables(file);
    throw modelError(
      'ML_FORMAT_UNSUPPORTED',
      `a part ${JSON.stringify(name.slice(0, 60))} is not supported (text and embedding features have such)`,
    );
  });
}
