import type { CtrFeature } from './catboost-model.ts';
import { modelError } from './model-error.ts';

/** Loss functions of several targets, each of which has statistics of its own. */
const SEVERAL_TARGETS: ReadonlySet<string> = new Set([
  'MultiRMSE',
  'MultiRMSEWithMissingValues',
  'MultiLogloss',
  'MultiCrossEntropy',
  'SurvivalAft',
]);

/**
 * CatBoost's JSON has one table of statistics per combination and type, whatever the number of targets, so that of
 * several all but one are lost (CatBoost's own predictions from such a file are not the model's).
 *
 * @throws `ML_FORMAT_UNSUPPORTED`
 */
export function refuseLostTargets(ctrs: readonly CtrFeature[], loss: string): void {
  const counted = ctrs.filter(({ base }) => base.type !== 'Counter' && base.type !== 'FeatureFreq');
  const distinct = new Set(counted.map((ctr) => JSON.stringify({ ...ctr, borders: [] })));
  if (distinct.size === counted.length && !(SEVERAL_TARGETS.has(loss) && counted.length > 0)) return;
  throw modelError(
    'ML_FORMAT_UNSUPPORTED',
    `statistics of several targets, of which JSON keeps only one, are not supported${loss === '' ? '' : ` (loss function ${loss})`}; save the model as .cbm`,
  );
}
