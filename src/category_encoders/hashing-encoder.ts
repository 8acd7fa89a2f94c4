import { createHash } from 'node:crypto';
import type { Column } from '../data/column-list.ts';
import { describe } from '../data/rows.ts';
import { InputError } from '../errors/input-error.ts';
import { columnListTransformer } from '../sklearn/base/column-list-transformer.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { encoderInput, keptOutputs, positionIn, withoutNames } from './encoder-columns.ts';

/** Python's names of hashes and Node's. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha224', 'sha224'],
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha512', 'sha512'],
  ['sha3_224', 'sha3-224'],
  ['sha3_256', 'sha3-256'],
  ['sha3_384', 'sha3-384'],
  ['sha3_512', 'sha3-512'],
  ['blake2b', 'blake2b512'],
  ['blake2s', 'blake2s256'],
]);
const MAX_COMPONENTS = 2 ** 16;
/** Hashes of values that are remembered. */
const MAX_REMEMBERED = 10_000;

/**
 * How many of a row's values fall into each of `n_components` columns by their hash; other columns follow. Values must be
 * text: the hash of a number would depend on the type of its column in Python, and Python skips None but hashes NaN.
 *
 * Source: category_encoders/hashing.py, `HashingEncoder.hash_chunk`.
 */
export function hashingEncoder(state: EstimatorState): Estimator {
  const input = encoderInput(state);
  // Before 2.6 the file has the names of the outputs alone.
  if (!state.has('feature_names_in_')) throw withoutNames(state);
  const width = state.number('n_components');
  if (!Number.isInteger(width) || width < 1 || width > MAX_COMPONENTS) throw state.unsupported(`n_components=${width}`);
  const method = state.string('hash_method');
  const hash = HASHES.get(method);
  if (hash === undefined) throw state.unsupported(`hash_method="${method}"`);
  const encoded = input.encoded.map((name) => positionIn(state, input, name));
  const rest = input.names.flatMap((_, j) => (encoded.includes(j) ? [] : [j]));
  const outputs = Array.from({ length: width }, (_, k) => `col_${k}`).concat(rest.map((j) => String(input.names[j])));
  const kept = keptOutputs(state, outputs);
  const remembered = new Map<string, number>();
  const placeOf = (text: string): number => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const digest = createHash(hash).update(text, 'utf8').digest();
    const place = digest.reduce((sum, byte) => (sum * 256 + byte) % width, 0);
    if (remembered.size < MAX_REMEMBERED) remembered.set(text, place);
    return place;
  };
  return columnListTransformer(input, (columns, rows) => {
    const counts = Array.from({ length: width }, () => new Float64Array(rows));
    for (const j of encoded) {
      const values = columns[j] as Column;
      for (let i = 0; i < rows; i++) {
        const value = values[i];
        if (typeof value !== 'string') throw notText(value, i, String(input.names[j]), input.className);
        const count = counts[placeOf(value)] as Float64Array;
        count[i] = (count[i] as number) + 1;
      }
    }
    const all = [...counts, ...rest.map((j) => columns[j] as Column)];
    return kept === undefined ? all : kept.map((at) => all[at] as Column);
  });
}

function notText(value: unknown, row: number, column: string, className: string): InputError {
  return new InputError(
    'ML_INPUT_DTYPE',
    `row ${row}, column ${JSON.stringify(column)}: ${className} takes text, got ${describe(value)}; write the value as Python does`,
    { details: { row, column } },
  );
}
