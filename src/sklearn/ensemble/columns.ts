import type { Dataset } from '../../data/dataset.ts';
import { selectColumns } from '../../data/select-columns.ts';
import { InputError } from '../../errors/input-error.ts';

/** The columns that a member was fitted with; the input itself where these are all of them in order. */
export function memberColumns(x: Dataset, features: Int32Array): Dataset {
  const all = features.length === x.cols && features.every((feature, j) => feature === j);
  return all ? x : selectColumns(x, features);
}

/**
 * Refuses NaN and infinities, as scikit-learn's ensembles do before their members see the rows.
 *
 * @throws `ML_INPUT_MISSING_VALUE`, `ML_INPUT_DTYPE`
 */
export function requireFinite(x: Dataset, className: string): void {
  const values = x.kind === 'frame' ? x.numbers : x.data;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    if (Number.isFinite(value)) continue;
    if (x.kind === 'frame' && x.objects[Math.floor(at / x.rows)] !== undefined) continue;
    throw Number.isNaN(value)
      ? new InputError('ML_INPUT_MISSING_VALUE', `${className} takes no missing values`)
      : new InputError('ML_INPUT_DTYPE', `${className} takes no infinite values`);
  }
}
