import type { CsrMatrix, Dataset, DenseMatrix } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import { checkWidth } from './columns.ts';
import { finiteInput } from './finite-input.ts';

/**
 * The input as a matrix of finite numbers, sparse where it is sparse.
 *
 * @throws `ML_INPUT_FEATURE_COUNT`, `ML_INPUT_DTYPE`, `ML_INPUT_MISSING_VALUE`
 */
export function finiteRows(x: Dataset, width: number, className: string): CsrMatrix | DenseMatrix {
  if (x.kind !== 'csr') return finiteInput(x, width, className);
  checkWidth(x, width, className);
  const wrong = x.data.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return x;
  const row = x.indptr.findIndex((end) => end > wrong) - 1;
  throw new InputError(
    Number.isNaN(x.data[wrong]) ? 'ML_INPUT_MISSING_VALUE' : 'ML_INPUT_DTYPE',
    `row ${row}, column ${x.indices[wrong]}: ${className} takes finite numbers, got ${x.data[wrong]}`,
    { details: { row, column: x.indices[wrong] } },
  );
}
