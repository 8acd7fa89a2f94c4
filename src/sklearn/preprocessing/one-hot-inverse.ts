import { type Dataset, toDense } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Label } from '../../spec/model.ts';
import { checkWidth } from '../base/columns.ts';
import { argmax } from '../base/labels.ts';
import { labelFrame } from './label-frame.ts';
import type { OneHotColumn } from './one-hot-encoder.ts';

/** What the inverse needs to know of the encoder. */
export interface OneHotInverse {
  readonly className: string;
  /** `handle_unknown`. */
  readonly handling: string;
  /** Output columns in all. */
  readonly total: number;
}

/**
 * The category of the largest value of each group of columns; a row of zeros is the dropped category,
 * or None where unknown values were ignored.
 *
 * Source: sklearn/preprocessing/_encoders.py, `OneHotEncoder.inverse_transform`.
 *
 * @throws `ML_INPUT_DTYPE` for a row of zeros that can be no category
 */
export function invertOneHot(x: Dataset, columns: readonly OneHotColumn[], encoder: OneHotInverse): Dataset {
  checkWidth(x, encoder.total, encoder.className);
  const { rows, cols, data } = toDense(x);
  return labelFrame(
    columns.map((column, j) => {
      const groups = groupLabels(column);
      const kept = groups.filter((_, position) => position !== column.drop);
      return Array.from({ length: rows }, (_, i) => {
        // The only category, dropped, has no column left.
        if (kept.length === 0) return column.categories[column.drop] ?? null;
        const start = i * cols + column.start;
        let sum = 0;
        for (let k = 0; k < column.width; k++) sum += data[start + k] as number;
        if (sum !== 0) return kept[argmax(data, start, column.width)] ?? null;
        return allZero(column, groups, { row: i, feature: j, encoder });
      });
    }),
    rows,
    undefined,
  );
}

interface ZeroRow {
  readonly row: number;
  readonly feature: number;
  readonly encoder: OneHotInverse;
}

function allZero(column: OneHotColumn, groups: readonly Label[], { row, feature, encoder }: ZeroRow): Label {
  const { handling, className } = encoder;
  const ignored =
    handling === 'ignore' || (['infrequent_if_exist', 'warn'].includes(handling) && column.infrequent === undefined);
  if (column.drop >= 0) return (ignored ? column.categories[column.drop] : groups[column.drop]) ?? null;
  if (ignored) return null;
  throw new InputError(
    'ML_INPUT_DTYPE',
    `row ${row}: the columns of feature ${feature} are all 0, which is no category of ${className}`,
    { details: { row, column: feature } },
  );
}

/** The categories after grouping; infrequent ones are together the last, under the name that scikit-learn gives it. */
function groupLabels({ categories, infrequent }: OneHotColumn): Label[] {
  if (infrequent === undefined) return [...categories];
  return [...categories.filter((_, position) => !infrequent.includes(position)), 'infrequent_sklearn'];
}
