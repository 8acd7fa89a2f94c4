import type { EstimatorState } from '../../sklearn/base/estimator-state.ts';
import type { CustomEstimator, CustomState } from '../../spec/custom-estimator.ts';
import type { Label } from '../../spec/model.ts';
import type { TensorLike } from '../../spec/tensor.ts';
import { fromEstimator } from './custom-estimator.ts';
import { plainValue } from './plain-value.ts';

/** The attributes of an object as an application reads them. */
export class CustomStateView implements CustomState {
  readonly #state: EstimatorState;

  constructor(state: EstimatorState) {
    this.#state = state;
  }

  /** Place in the file, e.g. `steps[1]`. Empty for the root. */
  get path(): string {
    return this.#state.path;
  }

  /** The scikit-learn version that wrote it or what is around it. */
  get sklearnVersion(): string | undefined {
    return this.#state.version?.text;
  }

  /** Names of the attributes. */
  get attributes(): readonly string[] {
    const keys = this.#state.node.attributes?.keys() ?? [];
    return keys.filter((key) => typeof key === 'string');
  }

  /** Whether the attribute exists and is not None. */
  has(name: string): boolean {
    return this.#state.has(name);
  }

  number(name: string): number {
    return this.#state.number(name);
  }

  boolean(name: string): boolean {
    return this.#state.boolean(name);
  }

  string(name: string): string {
    return this.#state.string(name);
  }

  /** Numbers of an array or list, flattened row by row. Do not write into it. */
  vector(name: string): Float64Array {
    return this.#state.vector(name);
  }

  /** A numeric array of two dimensions. */
  matrix(name: string): TensorLike {
    const { data, rows, cols } = this.#state.matrix(name);
    return { data, shape: [rows, cols], dtype: 'float64' };
  }

  /** Values of an array or list in their own types. */
  labels(name: string): Label[] {
    return this.#state.labels(name);
  }

  /** Any data, as `model.value` gives it: `Map` for a dictionary, a tensor for an array. `undefined` where absent. */
  value(name: string): unknown {
    const value = this.#state.get(name);
    return value === undefined ? undefined : plainValue(value);
  }

  /** An estimator that the object holds. */
  estimator(name: string): CustomEstimator {
    return fromEstimator(this.#state.estimator(name));
  }
}
