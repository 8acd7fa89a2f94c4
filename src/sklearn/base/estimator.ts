import type { Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label, Prediction, Task } from '../../spec/model.ts';
import type { EstimatorState } from './estimator-state.ts';

/** One number per row, or a matrix with a row per row. */
export type Scores = Float64Array | DenseMatrix;

/**
 * A fitted estimator, built from what the file says and free of the file's version. Methods are
 * there where scikit-learn has them; they never change their input.
 */
export interface Estimator {
  /** Public qualified name, e.g. `sklearn.linear_model.LogisticRegression`. */
  readonly className: string;
  readonly task: Task;
  /** Columns of the input; `undefined` where any number will do (text, pass-through). */
  readonly width: number | undefined;
  /** Feature names seen in training, in order. */
  readonly featureNames: readonly string[] | undefined;
  /** Class labels in the order of the probability columns; for single-output classifiers. */
  readonly classes?: readonly Label[];
  /** One prediction per row; an array per row for several outputs. */
  predict?(x: Dataset): ArrayLike<Prediction>;
  /** `[rows, classes]`; an array of such matrices, one per output, for multi-output classifiers. */
  predictProba?(x: Dataset): DenseMatrix | readonly DenseMatrix[];
  predictLogProba?(x: Dataset): DenseMatrix | readonly DenseMatrix[];
  decisionFunction?(x: Dataset): Scores;
  transform?(x: Dataset): Dataset;
  inverseTransform?(x: Dataset): Dataset;
  scoreSamples?(x: Dataset): Scores;
  /** Leaf indices, `[rows, trees]`. */
  apply?(x: Dataset): Scores;
}

/** Builds one estimator from its state. */
export type EstimatorConstructor = (state: EstimatorState) => Estimator;

/** Constructors by public qualified class name. */
export type EstimatorTable = ReadonlyMap<string, EstimatorConstructor>;
