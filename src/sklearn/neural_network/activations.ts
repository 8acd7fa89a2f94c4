import type { DenseMatrix } from '../../data/dataset.ts';
import { expit, softmaxRows } from '../base/linear-scores.ts';

/** Changes a layer's values in place. */
export type Activation = (m: DenseMatrix) => void;

const each =
  (f: (value: number) => number): Activation =>
  ({ data }) => {
    for (let i = 0; i < data.length; i++) data[i] = f(data[i] as number);
  };

/** Activations by their name in scikit-learn. Source: sklearn/neural_network/_base.py. */
export const ACTIVATIONS: ReadonlyMap<string, Activation> = new Map<string, Activation>([
  ['identity', () => undefined],
  ['exp', each(Math.exp)],
  ['tanh', each(Math.tanh)],
  ['logistic', each(expit)],
  ['relu', each((value) => Math.max(value, 0))],
  ['softmax', softmaxRows],
]);
