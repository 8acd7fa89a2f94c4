import type { CtrFeature } from './catboost-model.ts';
import { type CtrTable, UNKNOWN } from './ctr-table.ts';

const { fround } = Math;

/**
 * The statistic of a combination, in float32 as CatBoost computes it; for one that is unknown, that of no observations.
 *
 * Source: catboost/libs/model/static_ctr_provider.cpp, `CalcCtrs`; online_ctr.h, `TModelCtr::Calc`.
 *
 * @param index of the combination in the table, or `UNKNOWN`
 */
export function ctrValue(feature: CtrFeature, { values, width, denominator }: CtrTable, index: number): number {
  const start = index * width;
  switch (feature.base.type) {
    case 'BinarizedTargetMeanValue':
    case 'FloatTargetMeanValue':
      return index === UNKNOWN
        ? ratio(feature, 0, 0)
        : ratio(feature, values[start] as number, values[start + 1] as number);
    case 'Counter':
    case 'FeatureFreq':
      return ratio(feature, index === UNKNOWN ? 0 : (values[index] as number), denominator);
    default:
  }
  if (index === UNKNOWN) return ratio(feature, 0, 0);
  let total = 0;
  for (let k = 0; k < width; k++) total += values[start + k] as number;
  if (feature.base.type === 'Buckets') return ratio(feature, values[start + feature.targetBorder] as number, total);
  let above = 0;
  for (let k = width === 2 ? 1 : feature.targetBorder + 1; k < width; k++) above += values[start + k] as number;
  return ratio(feature, above, total);
}

function ratio(feature: CtrFeature, count: number, total: number): number {
  const above = fround(fround(count) + fround(feature.priorNumerator));
  const below = fround(fround(total) + fround(feature.priorDenominator));
  return fround(fround(fround(above / below) + fround(feature.shift)) * fround(feature.scale));
}
