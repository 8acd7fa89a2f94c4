import { hasTopKey } from '../formats/json/has-top-key.ts';
import { startsWithKey } from '../formats/ubjson/starts-with-key.ts';

/** What a pickled Booster of 1.x begins with: before the binary format its length, after it the configuration. */
export const FRAME: Buffer = Buffer.from('CONFIG-offset:');
/** First keys of a model document. */
export const KEYS: readonly string[] = ['learner', 'Model', 'Config', 'version'];

/** Bytes of the parameters at the beginning of the binary format. */
const LEARNER_BYTES = 136;
const BINARY_NAMES = /^([a-z]+:[a-z]+)(gbtree|dart|gblinear)$/;
/** The key that a JSON document has at its top. */
const JSON_KEY: ReadonlySet<string> = new Set(['learner']);

/** Whether the bytes are an XGBoost model in one of its formats. */
export function looksLikeXgboost(bytes: Uint8Array): boolean {
  return startsWithKey(bytes, KEYS) || hasTopKey(bytes, JSON_KEY) || isFrame(bytes) || looksLikeBinary(bytes);
}

export function isFrame(bytes: Uint8Array): boolean {
  return bytes.length >= FRAME.length + 8 && FRAME.equals(bytes.subarray(0, FRAME.length));
}

/** After a block of parameters come the names of objective and booster, each with its length. */
export function looksLikeBinary(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'binf' ? 4 : 0;
  const objective = nameAt(bytes, start + LEARNER_BYTES);
  const booster = nameAt(bytes, start + LEARNER_BYTES + 8 + objective.length);
  return BINARY_NAMES.test(objective + booster);
}

/** A short name with its length as a 64-bit number before it; empty where there is none. */
function nameAt(bytes: Uint8Array, at: number): string {
  const length = bytes[at] ?? 0;
  if (length > 64 || bytes.subarray(at + 1, at + 8).some((byte) => byte !== 0)) return '';
  return Buffer.from(bytes.subarray(at + 8, at + 8 + length)).toString('latin1');
}
