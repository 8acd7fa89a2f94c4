import { FormatError } from '../errors/format-error.ts';
import { Document } from '../xgboost/document.ts';
import type { CatboostModel } from './catboost-model.ts';
import { refuseLostTargets } from './lost-targets.ts';
import { modelError } from './model-error.ts';
import { readModelInfo } from './model-info.ts';
import { readJsonCtrs, readJsonCtrTables } from './read-json-ctrs.ts';
import { readJsonObliviousTrees, readJsonStepTrees } from './read-json-trees.ts';

const WHAT = 'CatBoost model';

/**
 * CatBoost's own JSON (`save_model(format='json')`).
 *
 * Source: catboost/libs/model/model_export/json_model_helpers.cpp.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT`
 */
export function readJson(bytes: Uint8Array): CatboostModel {
  const document = new Document(parse(bytes), '', WHAT);
  const features = new Document(document.get('features_info') ?? {}, 'features_info', WHAT);
  for (const kind of ['text', 'embedding', 'estimated']) {
    if (list(features, `${kind}_features`).length > 0)
      throw modelError('ML_FORMAT_UNSUPPORTED', `${kind} features are not supported; numeric and categorical ones are`);
  }
  const categorical = list(features, 'categorical_features');
  const ctrs = readJsonCtrs(list(features, 'ctrs'));
  const info = readInfo(new Document(document.get('model_info') ?? {}, 'model_info', WHAT));
  const { trees, dimensions } = document.has('oblivious_trees')
    ? readJsonObliviousTrees(list(document, 'oblivious_trees'))
    : readJsonStepTrees(document.get('trees') ?? []);
  refuseLostTargets(ctrs, readModelInfo({ info, dimensions }).loss);
  return {
    ...readScaleAndBias(document.get('scale_and_bias'), dimensions),
    dimensions,
    floatFeatures: list(features, 'float_features').map((feature) => ({
      ...placeOf(feature),
      borders: Float32Array.from(feature.numbers('borders')),
      nanAboveAll: feature.get('has_nans') === true && feature.get('nan_value_treatment') === 'AsTrue',
    })),
    catFeatures: categorical.map(placeOf),
    oneHotFeatures: categorical.flatMap((feature) =>
      feature.has('values') ? [{ index: feature.count('feature_index'), values: feature.ints('values') }] : [],
    ),
    ctrFeatures: ctrs,
    ctrTables: readJsonCtrTables(document.get('ctr_data') ?? undefined),
    trees,
    info,
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (error) {
    const tooLong = (error as { code?: string }).code === 'ERR_STRING_TOO_LONG';
    throw new FormatError(
      tooLong ? 'ML_FORMAT_LIMIT' : 'ML_FORMAT_MALFORMED',
      `${WHAT}: the JSON cannot be read${tooLong ? '; save the model as .cbm' : ''}: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** An empty list is written as `null`, or not at all. */
function list(document: Document, key: string): Document[] {
  return (document.get(key) ?? null) === null ? [] : document.objects(key);
}

function placeOf(feature: Document): { readonly index: number; readonly flatIndex: number; readonly name: string } {
  // Old versions have a name only where the caller gave one.
  const name = feature.get('feature_id') ?? feature.get('feature_name');
  return {
    index: feature.count('feature_index'),
    flatIndex: feature.count('flat_feature_index'),
    name: typeof name === 'string' ? name : '',
  };
}

function readScaleAndBias(value: unknown, dimensions: number): Pick<CatboostModel, 'scale' | 'bias'> {
  if (value === undefined || value === null) return { scale: 1, bias: new Float64Array(dimensions) };
  const [scale, bias] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  // Versions before 0.25 have a single number.
  const values = Array.isArray(bias) ? (bias as readonly unknown[]) : [bias ?? 0];
  if (typeof scale !== 'number' || !values.every((item) => typeof item === 'number'))
    throw modelError('ML_FORMAT_MALFORMED', 'scale_and_bias must be a number and a list of numbers');
  return { scale, bias: values.length === 0 ? new Float64Array(dimensions) : Float64Array.from(values) };
}

function readInfo(info: Document): ReadonlyMap<string, string> {
  return new Map(
    info.keys().map((key) => {
      const value = info.get(key);
      return [key, typeof value === 'string' ? value : JSON.stringify(value)];
    }),
  );
}
