import { type Dataset, DenseMatrix, Frame, toDense } from '../../data/dataset.ts';
import { toCsr } from '../../data/stack-columns.ts';
import type { Label } from '../../spec/model.ts';
import { CategoryIndex, columnValues } from '../base/categories.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { labelColumn } from './label-encoder.ts';

/**
 * One column per class, `pos_label` where the label is that class, else `neg_label`; one column for two
 * classes. Unknown labels are in no class.
 *
 * Source: sklearn/preprocessing/_label.py, `label_binarize`.
 */
export function labelBinarizer(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const index = new CategoryIndex(classes);
  const positive = state.number('pos_label');
  const negative = state.number('neg_label');
  const sparse = state.booleanOr('sparse_output', false);
  const multilabel = (state.optionalString('y_type_') ?? '').startsWith('multilabel');
  const binary = classes.length <= 2 && !multilabel;
  const outputs = binary ? 1 : classes.length;
  const { className } = state;

  const binarize = (x: Dataset): DenseMatrix => {
    checkWidth(x, multilabel ? outputs : 1, className);
    const out = new DenseMatrix(x.rows, outputs);
    if (multilabel) {
      const { data } = toDense(x);
      for (let at = 0; at < data.length; at++) out.data[at] = data[at] === 0 ? negative : positive;
      return out;
    }
    const values = columnValues(x, 0);
    out.data.fill(negative);
    for (let i = 0; i < x.rows; i++) {
      const at = index.of(values[i]);
      // The only class of one is the negative one.
      if (binary ? at === 1 : at >= 0) out.data[i * outputs + (binary ? 0 : at)] = positive;
    }
    return out;
  };

  return {
    className,
    task: 'transformation',
    width: multilabel ? outputs : 1,
    featureNames: undefined,
    classes,
    ...(!multilabel && { invertsToLabels: true as const }),
    transform: (x) => (sparse ? toCsr(binarize(x)) : binarize(x)),
    inverseTransform(x): Dataset {
      checkWidth(x, outputs, className);
      const { rows, data } = toDense(x);
      const threshold = (positive + negative) / 2;
      if (multilabel)
        return new DenseMatrix(
          rows,
          outputs,
          data.map((value) => Number(value > threshold)),
        );
      return labelColumn(
        Array.from({ length: rows }, (_, i): Label => {
          if (!binary) return classes[argmax(data, i * outputs, outputs)] as Label;
          return classes[Number(classes.length === 2 && (data[i] as number) > threshold)] as Label;
        }),
      );
    },
  };
}

/**
 * One column per class, 1 where a row's set of labels has that class. Unknown labels are ignored.
 *
 * Source: sklearn/preprocessing/_label.py, `MultiLabelBinarizer`.
 */
export function multiLabelBinarizer(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const index = new CategoryIndex(classes);
  const sparse = state.booleanOr('sparse_output', false);
  const { className } = state;
  const binarize = (x: Dataset): DenseMatrix => {
    const out = new DenseMatrix(x.rows, classes.length);
    const sets = columnValues(x, 0);
    for (let i = 0; i < x.rows; i++) {
      for (const label of labelsOfRow(sets[i])) {
        const at = index.of(label);
        if (at >= 0) out.data[i * classes.length + at] = 1;
      }
    }
    return out;
  };
  return {
    className,
    task: 'transformation',
    width: undefined,
    featureNames: undefined,
    classes,
    takesWholeRows: true,
    invertsToLabels: true,
    transform: (x) => (sparse ? toCsr(binarize(x)) : binarize(x)),
    inverseTransform(x): Dataset {
      checkWidth(x, classes.length, className);
      const { rows, cols, data } = toDense(x);
      const sets = Array.from({ length: rows }, (_, i) => classes.filter((__, k) => data[i * cols + k] !== 0));
      return new Frame({ rows, cols: 1, numbers: new Float64Array(rows), objects: [sets], names: undefined });
    },
  };
}

/** A row is a list or set of labels; text is taken letter by letter, as Python does. */
function labelsOfRow(row: unknown): Iterable<unknown> {
  if (typeof row === 'string' || Array.isArray(row) || row instanceof Set) return row;
  return ArrayBuffer.isView(row) && !(row instanceof DataView) ? Array.from(row as Uint8Array) : [row];
}
