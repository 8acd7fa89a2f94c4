import { startsAsObject } from '../formats/json/has-top-key.ts';
import type { CatboostModel } from './catboost-model.ts';
import { isCbm } from './looks-like-catboost.ts';
import { modelError } from './model-error.ts';
import { readCbm } from './read-cbm.ts';
import { readJson } from './read-json.ts';

/**
 * A model from a file, or from what Python pickles.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT`
 */
export function readModel(bytes: Uint8Array): CatboostModel {
  if (isCbm(bytes)) return readCbm(bytes);
  if (startsAsObject(bytes)) return readJson(bytes);
  throw modelError('ML_FORMAT_MALFORMED', 'the bytes are neither .cbm nor JSON');
}
