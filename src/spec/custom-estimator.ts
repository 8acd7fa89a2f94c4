import type { Label, Prediction, Task } from './model.ts';
import type { TensorLike } from './tensor.ts';

/** Rows as arrays of values, one per column: numbers (NaN is missing) or whatever a text column holds. */
export type CustomRows = readonly (readonly unknown[])[];

/** Rows of numbers as a method gives them back. */
export type CustomMatrix = readonly ArrayLike<number>[];

/**
 * An estimator of the application's own: what `read` of a registered class gives. Each method takes all rows of a
 * call and gives one result per row; a method that is absent is one that the estimator lacks.
 */
export interface CustomEstimator {
  /** Default `unknown`. */
  readonly task?: Task;
  /** Columns of the input. Default: any number. */
  readonly width?: number | undefined;
  /** Feature names in order, so that records can be matched. */
  readonly featureNames?: readonly string[] | undefined;
  /** Labels in the order of the probability columns. */
  readonly classes?: readonly Label[] | undefined;
  predict?(rows: CustomRows): ArrayLike<Prediction>;
  predictProba?(rows: CustomRows): CustomMatrix;
  /** One number per row, or an array of numbers per row. */
  decisionFunction?(rows: CustomRows): ArrayLike<number> | CustomMatrix;
  transform?(rows: CustomRows): readonly ArrayLike<unknown>[];
  inverseTransform?(rows: CustomRows): readonly ArrayLike<unknown>[];
}

/**
 * The attributes of one object of a registered class, by name and type: data, never code. A missing or mistyped
 * attribute raises `ML_FORMAT_UNSUPPORTED` naming class, attribute and place.
 */
export interface CustomState {
  /** Place in the file, e.g. `steps[1]`. Empty for the root. */
  readonly path: string;
  /** The scikit-learn version that wrote it or what is around it. */
  readonly sklearnVersion: string | undefined;
  /** Names of the attributes. */
  readonly attributes: readonly string[];
  /** Whether the attribute exists and is not None. */
  has(name: string): boolean;
  number(name: string): number;
  boolean(name: string): boolean;
  string(name: string): string;
  /** Numbers of an array or list, flattened row by row. Do not write into it. */
  vector(name: string): Float64Array;
  /** A numeric array of two dimensions. */
  matrix(name: string): TensorLike;
  /** Values of an array or list in their own types. */
  labels(name: string): Label[];
  /** Any data, as `model.value` gives it: `Map` for a dictionary, a tensor for an array. `undefined` where absent. */
  value(name: string): unknown;
  /** An estimator that the object holds. */
  estimator(name: string): CustomEstimator;
}

/** A class of the application's own, and what computes it in JavaScript. */
export interface CustomClass {
  /** As the file names it: the module in which Python defined the class, e.g. `__main__`. */
  readonly module: string;
  readonly name: string;
  /** Builds it from the attributes that the file holds. Called once per object, while the file is loaded. */
  readonly read: (state: CustomState) => CustomEstimator;
}

/** Options of the pickle loader: `loaderOptions: { pickle: { ... } }`. */
export interface PickleLoaderOptions {
  /** Classes that the files of this application use and scikit-learn does not have. */
  readonly estimators?: readonly CustomClass[];
}
