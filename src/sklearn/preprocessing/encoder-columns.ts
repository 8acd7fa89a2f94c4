import { type Dataset } from '../../data/dataset.ts';
import type { Label } from '../../spec/model.ts';
import { CategoryIndex, columnValues, unknownCategory } from '../base/categories.ts';
import { checkWidth } from '../base/columns.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/** What the encoders of categories know of one column. */
export interface EncoderColumn {
  readonly index: CategoryIndex;
  readonly categories: readonly Label[];
  /** For the position of each category, its position after the infrequent ones were put together. */
  readonly grouped: Int32Array;
  /** Positions of the categories that were put together as the last group; `undefined` where none were. */
  readonly infrequent: Int32Array | undefined;
  /** Position of NaN among the categories, which is not grouped, or -1. */
  readonly nan: number;
}

/**
 * The columns of `categories_` with their infrequent categories.
 *
 * Source: sklearn/preprocessing/_encoders.py, `_BaseEncoder`.
 */
export function encoderColumns(state: EstimatorState): EncoderColumn[] {
  const enabled = state.booleanOr('_infrequent_enabled', state.has('_infrequent_indices'));
  const mappings = enabled ? state.items('_default_to_infrequent_mappings') : [];
  const indices = enabled ? state.items('_infrequent_indices') : [];
  return state.items('categories_').map((item, j) => {
    const categories = state.labelsIn(item, `categories_[${j}]`);
    const mapping = mappings[j] ?? null;
    const infrequent = indices[j] ?? null;
    return {
      index: new CategoryIndex(categories),
      categories,
      grouped:
        mapping === null
          ? Int32Array.from(categories, (_, k) => k)
          : positions(state.labelsIn(mapping, `_default_to_infrequent_mappings[${j}]`)),
      infrequent: infrequent === null ? undefined : positions(state.labelsIn(infrequent, `_infrequent_indices[${j}]`)),
      nan: categories.findLastIndex(Number.isNaN),
    };
  });
}

function positions(values: readonly Label[]): Int32Array {
  return Int32Array.from(values, Number);
}

/** What messages and unknown values need to know of an encoder. */
export interface CategoryLookup {
  readonly className: string;
  readonly featureNames: readonly string[] | undefined;
  /** Whether a value that is no category is an error. */
  readonly refuseUnknown: boolean;
}

/** @param position of the category, -1 where it is unknown */
export type CategoryVisitor = (row: number, column: number, position: number) => void;

/**
 * Looks every value up among the categories of its column.
 *
 * @throws `ML_INPUT_DTYPE` for an unknown category where they are refused, `ML_INPUT_FEATURE_COUNT`
 */
export function visitCategories(
  x: Dataset,
  columns: readonly EncoderColumn[],
  { className, featureNames, refuseUnknown }: CategoryLookup,
  visit: CategoryVisitor,
): void {
  checkWidth(x, columns.length, className);
  for (let j = 0; j < columns.length; j++) {
    const { index, categories } = columns[j] as EncoderColumn;
    const values = columnValues(x, j);
    for (let i = 0; i < x.rows; i++) {
      const position = index.of(values[i]);
      if (position < 0 && refuseUnknown) {
        const column = (x.kind === 'frame' ? x.names?.[j] : undefined) ?? featureNames?.[j] ?? j;
        throw unknownCategory(values[i], i, { column, categories, className });
      }
      visit(i, j, position);
    }
  }
}
