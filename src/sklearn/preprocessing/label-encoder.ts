import { type Dataset, DenseMatrix, Frame, toDense } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Label } from '../../spec/model.ts';
import { CategoryIndex, columnValues, unknownCategory } from '../base/categories.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/**
 * Labels to their position in `classes_` and back; an unknown label is an error.
 *
 * Source: sklearn/preprocessing/_label.py, `LabelEncoder`.
 */
export function labelEncoder(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const index = new CategoryIndex(classes);
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: 1,
    featureNames: undefined,
    classes,
    transformsLabels: true,
    transform(x): Dataset {
      const values = columnValues(x, 0);
      const out = new DenseMatrix(x.rows, 1);
      for (let i = 0; i < x.rows; i++) {
        const at = index.of(values[i]);
        if (at < 0) throw unknownCategory(values[i], i, { column: 'y', categories: classes, className });
        out.data[i] = at;
      }
      return out;
    },
    inverseTransform(x): Dataset {
      const codes = toDense(x).data;
      return labelColumn(
        Array.from(codes, (code, i) => {
          if (!(Number.isInteger(code) && code >= 0 && code < classes.length)) {
            throw new InputError(
              'ML_INPUT_DTYPE',
              `row ${i}: ${code} is no code of ${className}; codes are 0 to ${classes.length - 1}`,
              { details: { row: i } },
            );
          }
          return classes[code] as Label;
        }),
      );
    },
  };
}

/** One column of labels in their own types. */
export function labelColumn(labels: readonly Label[]): Frame {
  return new Frame({
    rows: labels.length,
    cols: 1,
    numbers: new Float64Array(labels.length),
    objects: [labels],
    names: undefined,
  });
}
