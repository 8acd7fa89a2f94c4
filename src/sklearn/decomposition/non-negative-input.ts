import type { Dataset, DenseMatrix } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import { finiteInput } from '../base/finite-input.ts';

/**
 * The input as a dense matrix of finite numbers from 0 on.
 *
 * @throws `ML_INPUT_INVALID` for a negative value, and as `finiteInput`
 */
export function nonNegativeInput(x: Dataset, width: number | undefined, className: string): DenseMatrix {
  const dense = finiteInput(x, width, className);
  const wrong = dense.data.findIndex((value) => value < 0);
  if (wrong < 0) return dense;
  const [row, column] = [Math.floor(wrong / dense.cols), wrong % dense.cols];
  throw new InputError('ML_INPUT_INVALID', `row ${row}, column ${column}: ${className} takes no negative values`, {
    details: { row, column },
  });
}
