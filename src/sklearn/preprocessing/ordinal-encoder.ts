import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import { PyDict } from '../../formats/pickle/py-dict.ts';
import type { Label } from '../../spec/model.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { type EncoderColumn, encoderColumns, visitCategories } from './encoder-columns.ts';
import { labelFrame } from './label-frame.ts';

interface OrdinalColumn extends EncoderColumn {
  /** The code of each category. */
  readonly codes: Float64Array;
  /** The code of NaN, where it has one of its own. */
  readonly missingCode: number | undefined;
}

/**
 * Each category as its position in `categories_`; infrequent ones share the last code, NaN is
 * `encoded_missing_value`, unknown ones are `unknown_value` where they are allowed.
 *
 * Source: sklearn/preprocessing/_encoders.py, `OrdinalEncoder`.
 */
export function ordinalEncoder(state: EstimatorState): Estimator {
  const handling = state.optionalString('handle_unknown') ?? 'error';
  if (handling !== 'error' && handling !== 'use_encoded_value') throw state.unsupported(`handle_unknown="${handling}"`);
  const refuseUnknown = handling === 'error';
  const unknown = refuseUnknown ? undefined : state.number('unknown_value');
  const columns = ordinalColumns(state);
  const { className, featureNames } = state;
  return {
    className,
    task: 'transformation',
    width: columns.length,
    featureNames,
    ...(refuseUnknown && { inputCategories: columns.map(({ categories }) => categories) }),
    transform(x): Dataset {
      const out = new DenseMatrix(x.rows, columns.length);
      const visit = (i: number, j: number, position: number): void => {
        out.data[i * out.cols + j] =
          position < 0 ? (unknown as number) : ((columns[j] as OrdinalColumn).codes[position] as number);
      };
      visitCategories(x, columns, { className, featureNames, refuseUnknown }, visit);
      return out;
    },
    inverseTransform: (x) => invertOrdinal(x, columns, { className, unknown }),
  };
}

function ordinalColumns(state: EstimatorState): OrdinalColumn[] {
  const missing = state.get('_missing_indices');
  const missingCode = state.has('encoded_missing_value') ? state.number('encoded_missing_value') : Number.NaN;
  return encoderColumns(state).map((column, j) => {
    // Before 1.0, NaN was a category like others.
    const ownCode = missing instanceof PyDict && missing.has(j);
    return {
      ...column,
      codes: Float64Array.from(column.categories, (_, position) =>
        ownCode && position === column.nan ? missingCode : (column.grouped[position] as number),
      ),
      missingCode: ownCode ? missingCode : undefined,
    };
  });
}

interface OrdinalInverse {
  readonly className: string;
  readonly unknown: number | undefined;
}

function invertOrdinal(x: Dataset, columns: readonly OrdinalColumn[], { className, unknown }: OrdinalInverse): Dataset {
  checkWidth(x, columns.length, className);
  const { rows, cols, data } = toDense(x);
  return labelFrame(
    columns.map((column, j) => {
      const { categories, infrequent, missingCode } = column;
      const frequent = infrequent === undefined ? categories : categories.filter((_, k) => !infrequent.includes(k));
      return Array.from({ length: rows }, (_, i): Label => {
        const code = data[i * cols + j] as number;
        if (missingCode !== undefined && same(code, missingCode)) return categories[column.nan] ?? null;
        if (unknown !== undefined && same(code, unknown)) return null;
        if (infrequent !== undefined && code === categories.length - infrequent.length) return 'infrequent_sklearn';
        const label = frequent[Math.trunc(code)];
        if (label !== undefined) return label;
        throw new InputError('ML_INPUT_DTYPE', `row ${i}, column ${j}: ${code} is no code of ${className}`, {
          details: { row: i, column: j },
        });
      });
    }),
    rows,
    undefined,
  );
}

/** Equality that takes NaN as equal to itself. */
function same(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}
