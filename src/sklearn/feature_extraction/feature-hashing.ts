import type { CsrMatrix } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { CsrRows } from './csr-rows.ts';
import { murmurhash3 } from '../../internal/murmurhash3.ts';

const LONE_SURROGATE = /\p{Cs}/u;

/** Features of one row by name; a name may come several times. */
export type NamedValues = Iterable<readonly [name: string, value: number]>;

/** Puts features into columns by the hash of their name, for each row of `rows`. */
export type Hashing = (rows: Iterable<NamedValues>) => CsrMatrix;

/**
 * The columns of scikit-learn's hashing trick: the place is the hash modulo `n_features`, the sign that of the hash
 * where `alternate_sign` is set; values in one place add up, and stay where they add up to 0.
 *
 * Source: sklearn/feature_extraction/_hashing_fast.pyx, `transform`.
 */
export function hashingOf(state: EstimatorState): Hashing {
  const features = state.has('n_features') ? state.number('n_features') : 2 ** 20;
  if (!(Number.isInteger(features) && features > 0 && features < 2 ** 31))
    throw state.unsupported(`n_features=${features}`);
  // `non_negative`, which summed with signs and dropped them afterwards, was removed in 0.21.
  if (state.booleanOr('non_negative', false)) throw state.unsupported('non_negative');
  const alternate = state.booleanOr('alternate_sign', true);
  return (rows) => {
    const out = new CsrRows(features);
    let i = 0;
    for (const row of rows) {
      const sums = new Map<number, number>();
      for (const [name, value] of row) {
        if (value === 0) continue;
        if (LONE_SURROGATE.test(name)) {
          throw new InputError(
            'ML_INPUT_DTYPE',
            `row ${i}: ${JSON.stringify(name)} has half of a surrogate pair and no UTF-8 form`,
            { details: { row: i } },
          );
        }
        const hash = murmurhash3(name);
        const column = columnOf(hash, features);
        sums.set(column, (sums.get(column) ?? 0) + (alternate && hash < 0 ? -value : value));
      }
      for (const column of Int32Array.from(sums.keys()).sort()) out.add(column, sums.get(column) as number);
      out.endRow();
      i += 1;
    }
    return out.matrix();
  };
}

function columnOf(hash: number, features: number): number {
  // The absolute value of the smallest integer does not fit in 32 bits, and scikit-learn goes round that.
  if (hash === -(2 ** 31)) return (2 ** 31 - 1 - (features - 1)) % features;
  return Math.abs(hash) % features;
}
