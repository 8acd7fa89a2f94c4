import type { Dataset, DenseMatrix } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import { denseOf } from '../base/columns.ts';

/**
 * The input as a dense matrix of numbers or missing values: scikit-learn's scalers and imputers take NaN, and
 * refuse infinities.
 *
 * @throws `ML_INPUT_FEATURE_COUNT`, `ML_INPUT_DTYPE`
 */
export function withoutInfinity(x: Dataset, width: number, className: string): DenseMatrix {
  const dense = denseOf(x, width, className);
  const { data, cols } = dense;
  for (let at = 0; at < data.length; at++) {
    const value = data[at] as number;
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
      const row = Math.floor(at / cols);
      const column = at % cols;
      throw new InputError(
        'ML_INPUT_DTYPE',
        `row ${row}, column ${column}: ${className} takes no infinite values, got ${value}`,
        {
          details: { row, column },
        },
      );
    }
  }
  return dense;
}
