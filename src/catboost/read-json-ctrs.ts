import { Document } from '../xgboost/document.ts';
import type { Combination, CtrBase, CtrFeature, CtrTableSource, CtrType } from './catboost-model.ts';
import { modelError } from './model-error.ts';

const CTR_TYPES: ReadonlySet<string> = new Set([
  'Borders',
  'Buckets',
  'BinarizedTargetMeanValue',
  'FloatTargetMeanValue',
  'Counter',
  'FeatureFreq',
] satisfies CtrType[]);
const EMPTY = 2n ** 64n - 1n;

/** Source: `CtrFeatureFromJson` of json_model_helpers.cpp. */
export function readJsonCtrs(documents: readonly Document[]): CtrFeature[] {
  return documents.map((ctr) => ({
    base: { combination: combinationOf(ctr.objects('elements')), type: typeOf(ctr.text('ctr_type')), classifier: 0 },
    targetBorder: ctr.count('target_border_idx'),
    priorNumerator: numberOf(ctr, 'prior_numerator'),
    priorDenominator: numberOf(ctr, 'prior_denomerator'),
    shift: numberOf(ctr, 'shift'),
    scale: numberOf(ctr, 'scale'),
    borders: Float32Array.from(ctr.numbers('borders')),
  }));
}

/**
 * The tables, by a text that is JSON again. CatBoost itself cuts sums off to integers as it reads them; they are kept
 * here, as what was trained has them.
 *
 * Source: `CtrDataFromJson` of json_model_helpers.cpp.
 */
export function readJsonCtrTables(value: unknown): CtrTableSource[] {
  if (value === undefined) return [];
  const data = new Document(value, 'ctr_data', 'CatBoost model');
  return data.keys().map((key) => readTable(baseOf(key), data.object(key)));
}

function baseOf(key: string): CtrBase {
  let value: unknown;
  try {
    value = JSON.parse(key);
  } catch {
    throw modelError(
      'ML_FORMAT_MALFORMED',
      `ctr_data has the key ${JSON.stringify(key.slice(0, 60))}, which is no JSON`,
    );
  }
  const base = new Document(value, 'a key of ctr_data', 'CatBoost model');
  return { combination: combinationOf(base.objects('identifier')), type: typeOf(base.text('type')), classifier: 0 };
}

function readTable(base: CtrBase, table: Document): CtrTableSource {
  const stride = table.count('hash_stride');
  const list = table.get('hash_map');
  if (!Array.isArray(list) || stride < 2 || list.length % stride !== 0)
    throw modelError('ML_FORMAT_MALFORMED', `${table.path} must have a hash_map of ${stride} items each`);
  const width = stride - 1;
  const rows = list.length / stride;
  const hashes = { high: new Uint32Array(rows), low: new Uint32Array(rows), index: new Uint32Array(rows) };
  const values = new Float64Array(rows * width);
  let used = 0;
  for (let row = 0; row < rows; row++) {
    const hash = hashOf(list[row * stride]);
    // The place of empty buckets is written like the others.
    if (hash === EMPTY) continue;
    hashes.high[used] = Number(hash >> 32n);
    hashes.low[used] = Number(hash & 0xffff_ffffn);
    hashes.index[used] = used;
    for (let k = 0; k < width; k++) {
      const value: unknown = list[row * stride + 1 + k];
      if (typeof value !== 'number')
        throw modelError('ML_FORMAT_MALFORMED', `${table.path}.hash_map must have numbers after each hash`);
      values[used * width + k] = value;
    }
    used += 1;
  }
  return {
    base,
    hashes: {
      high: hashes.high.subarray(0, used),
      low: hashes.low.subarray(0, used),
      index: hashes.index.subarray(0, used),
    },
    values,
    denominator: Number(table.get('counter_denominator') ?? 0),
    classes: width,
  };
}

function hashOf(value: unknown): bigint {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) {
    const hash = BigInt(value);
    if (hash <= EMPTY) return hash;
  }
  throw modelError('ML_FORMAT_MALFORMED', 'a hash of ctr_data must be the text of a 64-bit integer');
}

function typeOf(text: string): CtrType {
  if (CTR_TYPES.has(text)) return text as CtrType;
  throw modelError(
    'ML_FORMAT_UNSUPPORTED',
    `target statistics of type ${JSON.stringify(text.slice(0, 40))} are not supported; known are ${[...CTR_TYPES].join(', ')}`,
  );
}

function combinationOf(elements: readonly Document[]): Combination {
  const categories: number[] = [];
  const floatSplits: { index: number; border: number }[] = [];
  const oneHotSplits: { index: number; value: number }[] = [];
  for (const element of elements) {
    const kind = element.text('combination_element');
    if (kind === 'cat_feature_value') categories.push(element.count('cat_feature_index'));
    else if (kind === 'float_feature')
      floatSplits.push({
        index: element.count('float_feature_index'),
        border: Math.fround(numberOf(element, 'border')),
      });
    else if (kind === 'cat_feature_exact_value')
      oneHotSplits.push({ index: element.count('cat_feature_index'), value: numberOf(element, 'value') | 0 });
    else
      throw modelError(
        'ML_FORMAT_UNSUPPORTED',
        `a combination with ${JSON.stringify(kind.slice(0, 40))} is not supported`,
      );
  }
  return { categories: Int32Array.from(categories), floatSplits, oneHotSplits };
}

function numberOf(document: Document, key: string): number {
  const value = document.get(key);
  if (typeof value === 'number') return value;
  throw modelError('ML_FORMAT_MALFORMED', `${document.path}.${key} must be a number`);
}
