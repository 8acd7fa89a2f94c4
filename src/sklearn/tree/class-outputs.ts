import { DenseMatrix } from '../../data/dataset.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import { isNode } from '../../formats/pickle/nodes.ts';
import type { Label, Prediction, Task } from '../../spec/model.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';

/** The classes of a classifier with one output or several, whose probabilities lie side by side. */
export class ClassOutputs {
  /** Class labels of every output. */
  readonly labels: readonly (readonly Label[])[];
  /** Where the probabilities of every output begin. */
  readonly starts: readonly number[];
  /** Classes of all outputs together. */
  readonly width: number;
  readonly multiple: boolean;

  /** Reads `classes_`: an array, or for several outputs a list of arrays. */
  constructor(state: EstimatorState) {
    const value = state.get('classes_');
    const several =
      value instanceof NdArray ? undefined : isNode(value) && value.kind === 'list' ? value.items : undefined;
    this.multiple = several?.some((item) => item instanceof NdArray) ?? false;
    this.labels =
      this.multiple && several !== undefined
        ? several.map((item, i) => state.labelsIn(item, `classes_[${i}]`))
        : [state.labels('classes_')];
    let width = 0;
    this.starts = this.labels.map(({ length }) => (width += length) - length);
    this.width = width;
  }

  get task(): Task {
    if (this.multiple) return 'multilabel-classification';
    return (this.labels[0]?.length ?? 0) === 2 ? 'binary-classification' : 'multiclass-classification';
  }

  /** `classes` of an estimator: only where there is one output. */
  get single(): { readonly classes?: readonly Label[] } {
    return this.multiple ? {} : { classes: this.labels[0] ?? [] };
  }

  /** `[rows, width]` as a matrix, or as one per output. */
  matrices(rows: number, data: Float64Array): DenseMatrix | readonly DenseMatrix[] {
    if (!this.multiple) return new DenseMatrix(rows, this.width, data);
    return this.labels.map(({ length }, k) => {
      const matrix = new DenseMatrix(rows, length);
      const start = this.starts[k] as number;
      for (let i = 0; i < rows; i++) {
        const from = i * this.width + start;
        matrix.data.set(data.subarray(from, from + length), i * length);
      }
      return matrix;
    });
  }

  /** The most probable class of every row, the first of equals; of every output where there are several. */
  predict(rows: number, data: Float64Array): Prediction[] {
    return Array.from({ length: rows }, (_, i) => {
      const picked = this.labels.map((labels, k) => {
        const at = argmax(data, i * this.width + (this.starts[k] as number), labels.length);
        return labels[at] as Label;
      });
      return this.multiple ? picked : (picked[0] as Label);
    });
  }
}

/** Natural logarithms of probabilities. */
export function logOf(probabilities: DenseMatrix | readonly DenseMatrix[]): DenseMatrix | readonly DenseMatrix[] {
  return 'kind' in probabilities ? logOfMatrix(probabilities) : probabilities.map(logOfMatrix);
}

function logOfMatrix({ rows, cols, data }: DenseMatrix): DenseMatrix {
  return new DenseMatrix(rows, cols, data.map(Math.log));
}

/** Rows of several outputs as arrays; one output stays a typed array. */
export function regressionPredictions(data: Float64Array, outputs: number): ArrayLike<Prediction> {
  if (outputs === 1) return data;
  return Array.from({ length: data.length / outputs }, (_, i) => [...data.subarray(i * outputs, (i + 1) * outputs)]);
}
