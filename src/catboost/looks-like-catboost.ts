import { hasTopKey } from '../formats/json/has-top-key.ts';

/** What a `.cbm` file begins with. */
export const CBM_MAGIC: Buffer = Buffer.from('CBM1');
/** Keys of CatBoost's JSON that no other model file has at its top. */
const KEYS: ReadonlySet<string> = new Set(['ctr_data', 'features_info', 'oblivious_trees', 'scale_and_bias']);

/** Whether the bytes are a CatBoost model, `.cbm` or JSON. */
export function looksLikeCatboost(bytes: Uint8Array): boolean {
  return isCbm(bytes) || hasTopKey(bytes, KEYS);
}

export function isCbm(bytes: Uint8Array): boolean {
  return CBM_MAGIC.equals(bytes.subarray(0, CBM_MAGIC.length));
}
