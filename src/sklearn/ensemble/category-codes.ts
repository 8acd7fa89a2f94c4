import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import type { Label } from '../../spec/model.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/**
 * What a boosting does to its rows since 1.4 where it has categorical features: these come first, as the index of
 * their value among the sorted categories, NaN for missing and unknown ones; then the others as numbers.
 */
export type Preprocess = (x: Dataset) => DenseMatrix;

/**
 * Reads `_preprocessor`, a ColumnTransformer of an OrdinalEncoder and a pass-through; `undefined` where there is none.
 *
 * Source: sklearn/ensemble/_hist_gradient_boosting/gradient_boosting.py, `_preprocess_X`.
 */
export function readPreprocessor(state: EstimatorState, width: number): Preprocess | undefined {
  if (!state.has('_preprocessor')) return undefined;
  const categorical = state.labels('is_categorical_').map((flag) => flag === true || flag === 1);
  const encoderNode = encoderOf(state);
  const encoder = state.partIn(encoderNode, '_preprocessor.encoder');
  const categories = encoder
    .items('categories_')
    .map((item, i) => codesOf(encoder.labelsIn(item, `categories_[${i}]`)));
  const encoded = categorical.flatMap((flag, j) => (flag ? [j] : []));
  const numeric = categorical.flatMap((flag, j) => (flag ? [] : [j]));
  if (categorical.length !== width || categories.length !== encoded.length) {
    throw state.unsupported(`${categories.length} encoders for ${encoded.length} categorical features of ${width}`);
  }
  return preprocessWith(encoded, categories, numeric);
}

function encoderOf(state: EstimatorState): PyValue {
  const transformers = state.part('_preprocessor').items('transformers_');
  for (const item of transformers) {
    if (isNode(item) && item.kind === 'tuple' && item.items[0] === 'encoder') return item.items[1] ?? null;
  }
  throw state.unsupported('a preprocessor without an encoder');
}

function codesOf(labels: readonly Label[]): ReadonlyMap<unknown, number> {
  const codes = new Map<unknown, number>();
  for (const [code, label] of labels.entries()) {
    const key = keyOf(label);
    if (key !== undefined) codes.set(key, code);
  }
  return codes;
}

/** Python counts `True`, `1` and `1.0` as equal. `undefined` for missing values. */
function keyOf(value: unknown): unknown {
  if (value === null || value === undefined || Number.isNaN(value)) return undefined;
  return typeof value === 'boolean' || typeof value === 'bigint' ? Number(value) : value;
}

function preprocessWith(
  encoded: readonly number[],
  categories: readonly ReadonlyMap<unknown, number>[],
  numeric: readonly number[],
): Preprocess {
  return (x) => {
    const out = new DenseMatrix(x.rows, x.cols);
    const put = (to: number, column: (i: number) => number): void => {
      for (let i = 0; i < x.rows; i++) out.data[i * x.cols + to] = column(i);
    };
    for (const [to, j] of encoded.entries()) {
      const cell = cellsOf(x, j);
      put(to, (i) => categories[to]?.get(keyOf(cell(i))) ?? Number.NaN);
    }
    for (const [k, j] of numeric.entries()) {
      const cell = cellsOf(x, j);
      put(encoded.length + k, (i) => numberIn(cell(i), i, j));
    }
    return out;
  };
}

function cellsOf(x: Dataset, j: number): (i: number) => unknown {
  if (x.kind === 'dense') return (i) => x.data[i * x.cols + j];
  if (x.kind === 'frame') {
    const objects = x.objects[j];
    return objects === undefined ? (i) => x.numbers[j * x.rows + i] : (i) => objects[i];
  }
  return (i) => {
    let sum = 0;
    for (let k = x.indptr[i] as number; k < (x.indptr[i + 1] as number); k++) {
      if (x.indices[k] === j) sum += x.data[k] as number;
    }
    return sum;
  };
}

function numberIn(value: unknown, row: number, column: number): number {
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
  throw new InputError('ML_INPUT_DTYPE', `column ${column} must be numeric; row ${row} is ${JSON.stringify(value)}`, {
    details: { row, column },
  });
}
