import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';

/**
 * The input as a dense matrix of the width that the estimator was fitted with.
 *
 * @throws `ML_INPUT_FEATURE_COUNT`, `ML_INPUT_DTYPE`
 */
export function denseOf(x: Dataset, width: number, className: string): DenseMatrix {
  if (x.cols !== width) throw wrongWidth(x.cols, width, className);
  return toDense(x);
}

/** @throws `ML_INPUT_FEATURE_COUNT` */
export function checkWidth(x: Dataset, width: number, className: string): void {
  if (x.cols !== width) throw wrongWidth(x.cols, width, className);
}

function wrongWidth(got: number, expected: number, className: string): InputError {
  return new InputError('ML_INPUT_FEATURE_COUNT', `${className} got ${got} features, it was fitted with ${expected}`, {
    details: { got, expected },
  });
}

/** A new matrix, each value computed from the old one and its column. */
export function mapValues(x: DenseMatrix, f: (value: number, column: number) => number): DenseMatrix {
  const out = new DenseMatrix(x.rows, x.cols);
  const { cols, data } = x;
  for (let at = 0, j = 0; at < data.length; at++) {
    out.data[at] = f(data[at] as number, j);
    j = j + 1 === cols ? 0 : j + 1;
  }
  return out;
}
