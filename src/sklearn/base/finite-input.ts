import { type Dataset, type DenseMatrix, toDense } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import { checkWidth } from './columns.ts';

/**
 * The input as a dense matrix of finite numbers, as scikit-learn's `check_array` demands of most estimators.
 *
 * @param width `undefined` where any number of columns will do
 * @throws `ML_INPUT_FEATURE_COUNT`, `ML_INPUT_DTYPE`, `ML_INPUT_MISSING_VALUE`
 */
export function finiteInput(x: Dataset, width: number | undefined, className: string): DenseMatrix {
  if (width !== undefined) checkWidth(x, width, className);
  const dense = toDense(x);
  const { data } = dense;
  for (let at = 0; at < data.length; at++) {
    const value = data[at] as number;
    if (Number.isFinite(value)) continue;
    const row = Math.floor(at / dense.cols);
    const column = at % dense.cols;
    const where = `row ${row}, column ${column}`;
    throw Number.isNaN(value)
      ? new InputError('ML_INPUT_MISSING_VALUE', `${where}: ${className} takes no missing values; impute them first`, {
          details: { row, column },
        })
      : new InputError('ML_INPUT_DTYPE', `${where}: ${className} takes no infinite values, got ${value}`, {
          details: { row, column },
        });
  }
  return dense;
}
