import { FormatError } from '../errors/format-error.ts';
import { readUbjson } from '../formats/ubjson/read-ubjson.ts';
import { startsWithKey } from '../formats/ubjson/starts-with-key.ts';
import type { BoosterModel } from './booster-model.ts';
import { Document } from './document.ts';
import { parseJsonText } from './json-text.ts';
import { startsAsObject } from '../formats/json/has-top-key.ts';
import { FRAME, isFrame, KEYS, looksLikeBinary } from './looks-like-xgboost.ts';
import { readBinary } from './read-binary.ts';
import { readModelDocument } from './read-document.ts';

const FRAME_HEADER = FRAME.length + 8;

/**
 * A booster from a model file, or from what Python pickles as its handle.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT`
 */
export function readBooster(bytes: Uint8Array): BoosterModel {
  if (isFrame(bytes)) return readBooster(framed(bytes));
  if (startsWithKey(bytes, KEYS)) return readModelDocument(new Document(readUbjson(bytes), ''));
  if (startsAsObject(bytes)) return readModelDocument(new Document(parseJsonText(bytes), ''));
  if (looksLikeBinary(bytes)) return readBinary(bytes);
  throw new FormatError(
    'ML_FORMAT_MALFORMED',
    'XGBoost model: the content is neither JSON nor UBJSON nor the old binary format',
  );
}

function framed(bytes: Uint8Array): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(FRAME.length, true);
  if (length > BigInt(bytes.length - FRAME_HEADER)) {
    throw new FormatError(
      'ML_FORMAT_TRUNCATED',
      `XGBoost model: ${length} bytes are declared, ${bytes.length - FRAME_HEADER} are there`,
    );
  }
  const model = bytes.subarray(FRAME_HEADER, FRAME_HEADER + Number(length));
  if (isFrame(model)) throw new FormatError('ML_FORMAT_MALFORMED', 'XGBoost model: a frame inside a frame');
  return model;
}
