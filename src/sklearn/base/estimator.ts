import type { Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label, Prediction, Task } from '../../spec/model.ts';
import type { EstimatorState } from './estimator-state.ts';

/** One number per row, or a matrix with a row per row. */
export type Scores = Float64Array | DenseMatrix;

/**
 * A fitted estimator, built from what the file says and free of the file's version. Methods are
 * there where scikit-learn has them; they never change their input and need no `this`.
 */
export interface Estimator {
  /** Public qualified name, e.g. `sklearn.linear_model.LogisticRegression`. */
  readonly className: string;
  readonly task: Task;
  /** Columns of the input; `undefined` where any number will do (text, pass-through). */
  readonly width: number | undefined;
  /** Feature names seen in training, in order. */
  readonly featureNames: readonly string[] | undefined;
  /** Those of the features that predictions do not need, such as columns that a transformer drops. */
  readonly optionalFeatures?: ReadonlySet<string>;
  /** Per column of the input the values that it takes, where the estimator refuses all others. */
  readonly inputCategories?: readonly (readonly Label[] | undefined)[];
  /** Class labels in the order of the probability columns; for single-output classifiers. */
  readonly classes?: readonly Label[];
  /** Set where `transform` works on labels, one per row, instead of on features. */
  readonly transformsLabels?: true;
  /** Set where `inverseTransform` gives labels, one per row. */
  readonly invertsToLabels?: true;
  /** Set where a row is one value, whatever it is: the dataset is one column of rows as the caller gave them. */
  readonly takesWholeRows?: true;
  /** One prediction per row; an array per row for several outputs. */
  readonly predict?: (x: Dataset) => ArrayLike<Prediction>;
  /** `[rows, classes]`; an array of such matrices, one per output, for multi-output classifiers. */
  readonly predictProba?: (x: Dataset) => DenseMatrix | readonly DenseMatrix[];
  readonly predictLogProba?: (x: Dataset) => DenseMatrix | readonly DenseMatrix[];
  readonly decisionFunction?: (x: Dataset) => Scores;
  /**
   * Raw scores of a class that has no `decision_function` in Python: callers are given them as `decisionFunction`, but
   * an estimator that holds this one does not see them, as it asks for probabilities where there is none.
   */
  readonly rawScores?: (x: Dataset) => Scores;
  readonly transform?: (x: Dataset) => Dataset;
  /** `transform` of estimators whose result is sparse, for callers that would fill it in anyway. */
  readonly transformDense?: (x: Dataset) => Dataset;
  readonly inverseTransform?: (x: Dataset) => Dataset;
  readonly scoreSamples?: (x: Dataset) => Scores;
  /** Leaf indices, `[rows, trees]`. */
  readonly apply?: (x: Dataset) => Scores;
  /** Where set, `apply`'s columns are groups of this many, which become a third dimension: one per class. */
  readonly applyGroups?: number;
  /** Resident bytes, where they are much different from the file's size. */
  readonly byteSize?: number;
  /** Frees what the garbage collector cannot. */
  readonly dispose?: () => void;
}

/** Builds one estimator from its state. */
export type EstimatorConstructor = (state: EstimatorState) => Estimator;

/** Constructors by public qualified class name. */
export type EstimatorTable = ReadonlyMap<string, EstimatorConstructor>;
