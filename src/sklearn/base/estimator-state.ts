import { DenseMatrix } from '../../data/dataset.ts';
import { FormatError } from '../../errors/format-error.ts';
import { isPandas, pandasValue } from '../../formats/pandas/pandas-value.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import { isNode, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import type { Label } from '../../spec/model.ts';
import { publicName } from './class-name.ts';
import type { ConstructContext } from './construct.ts';
import type { Estimator } from './estimator.ts';
import { labelOf, labelsOf } from './labels.ts';
import { parseSklearnVersion, type SklearnVersion } from './sklearn-version.ts';

/**
 * The attributes of one pickled estimator, by name and type. A missing or mistyped attribute is an
 * error that names class, attribute, place in the file and scikit-learn version. "Optional"
 * getters give `undefined` both for an absent attribute and for None.
 */
export class EstimatorState {
  /** Public qualified name, e.g. `sklearn.preprocessing.StandardScaler`. */
  readonly className: string;
  /** Version that wrote this object, else that of the object around it. */
  readonly version: SklearnVersion | undefined;
  /** Place in the file, e.g. `steps[1]`. Empty for the root. */
  readonly path: string;
  readonly node: PyObject;
  readonly #context: ConstructContext;

  constructor(
    node: PyObject,
    context: ConstructContext,
    place: { readonly path: string; readonly version: SklearnVersion | undefined },
  ) {
    this.node = node;
    this.className = publicName(node.cls);
    this.#context = context;
    this.path = place.path;
    const written = node.attr('_sklearn_version');
    this.version = (typeof written === 'string' ? parseSklearnVersion(written) : undefined) ?? place.version;
  }

  /** The raw value; `undefined` where absent, `null` for None. */
  get(name: string): PyValue | undefined {
    return this.node.attr(name);
  }

  /** Whether the attribute exists and is not None. */
  has(name: string): boolean {
    const value = this.node.attr(name);
    return value !== undefined && value !== null;
  }

  /** The first of several names that exists: attributes are renamed between versions. */
  firstOf(...names: readonly [string, ...string[]]): string {
    return names.find((name) => this.has(name)) ?? names[0];
  }

  /** A Python int or float, or a numpy scalar. */
  number(name: string): number {
    const value = this.#required(name);
    const label =
      isNode(value) && value.kind === 'ndarray' && value.size === 1 ? value.toFloat64Array()[0] : numeric(value);
    if (label === undefined) throw this.#mistyped(name, 'a number', value);
    return label;
  }

  optionalNumber(name: string): number | undefined {
    return this.has(name) ? this.number(name) : undefined;
  }

  boolean(name: string): boolean {
    const value = this.#required(name);
    const plain = isNode(value) && value.kind === 'scalar' ? value.value : value;
    if (typeof plain === 'boolean') return plain;
    if (plain === 0 || plain === 1) return plain === 1;
    throw this.#mistyped(name, 'a boolean', value);
  }

  /** `fallback` where the attribute does not exist, as in versions that did not have it. */
  booleanOr(name: string, fallback: boolean): boolean {
    return this.has(name) ? this.boolean(name) : fallback;
  }

  string(name: string): string {
    const value = this.#required(name);
    const plain = isNode(value) && value.kind === 'scalar' ? value.value : value;
    if (typeof plain !== 'string') throw this.#mistyped(name, 'text', value);
    return plain;
  }

  optionalString(name: string): string | undefined {
    return this.has(name) ? this.string(name) : undefined;
  }

  ndarray(name: string): NdArray {
    const value = this.#required(name);
    if (!(value instanceof NdArray)) throw this.#mistyped(name, 'an array', value);
    return value;
  }

  /** Any numeric array (or list of numbers), flattened row-major, as doubles. Do not write into it. */
  vector(name: string): Float64Array {
    const value = this.#required(name);
    if (value instanceof NdArray) return value.toFloat64Array();
    const items = itemsOf(value);
    if (items === undefined) {
      const single = numeric(value);
      if (single === undefined) throw this.#mistyped(name, 'an array of numbers', value);
      return Float64Array.of(single);
    }
    return Float64Array.from(items, (item, i) => {
      const number = numeric(item);
      if (number === undefined) throw this.#mistyped(`${name}[${i}]`, 'a number', item);
      return number;
    });
  }

  optionalVector(name: string): Float64Array | undefined {
    return this.has(name) ? this.vector(name) : undefined;
  }

  /** A two-dimensional numeric array; one of one dimension counts as a single row. */
  matrix(name: string): DenseMatrix {
    const array = this.ndarray(name);
    if (array.ndim > 2 || array.ndim === 0) throw this.#mistyped(name, 'a matrix', array);
    const [rows, cols] = array.ndim === 2 ? (array.shape as [number, number]) : [1, array.shape[0] as number];
    return new DenseMatrix(rows, cols, array.toFloat64Array());
  }

  /** 32-bit integers of an array or a list. */
  ints(name: string): Int32Array {
    return Int32Array.from(this.vector(name), (value) => {
      if ((value | 0) !== value) throw this.#mistyped(name, '32-bit integers', value);
      return value;
    });
  }

  /** Labels in their own types, of an array or a list. */
  labels(name: string): Label[] {
    return this.labelsIn(this.#required(name), name);
  }

  /** The same for a value in hand; `name` is for messages. */
  labelsIn(value: PyValue, name: string): Label[] {
    if (value instanceof NdArray) return labelsOf(value);
    // Old versions kept a DataFrame's columns as a pandas Index, feature_engine what `unique()` gave.
    if (value instanceof PyObject && isPandas(value)) {
      const values = pandasValue(value);
      if (Array.isArray(values)) return values as Label[];
    }
    const items = itemsOf(value);
    if (items === undefined) throw this.#mistyped(name, 'an array of labels', value);
    return items.map(labelOf);
  }

  strings(name: string): string[] {
    return this.labels(name).map((label) => {
      if (typeof label !== 'string') throw this.#mistyped(name, 'text', label);
      return label;
    });
  }

  /** The items of a list, tuple or array of objects. */
  items(name: string): readonly PyValue[] {
    const value = this.#required(name);
    const items = value instanceof NdArray && value.dtype.type === 'O' ? value.objects : itemsOf(value);
    if (items === undefined) throw this.#mistyped(name, 'a list', value);
    return items;
  }

  /** The estimator in an attribute. */
  estimator(name: string): Estimator {
    return this.child(this.#required(name), name);
  }

  /** The estimators in a list, tuple or array of objects. */
  estimators(name: string): Estimator[] {
    return this.items(name).map((item, i) => this.child(item, `${name}[${i}]`));
  }

  /** An estimator in hand; `place` names it in messages, relative to this one. */
  child(value: PyValue, place: string): Estimator {
    const path = this.path === '' ? place : `${this.path}.${place}`;
    if (!(value instanceof PyObject)) throw this.#mistyped(place, 'an estimator', value);
    return this.#context.construct(value, { path, version: this.version });
  }

  /** The state of an object that is no estimator (a tree, a bin mapper, a loss). */
  part(name: string): EstimatorState {
    return this.partIn(this.#required(name), name);
  }

  partIn(value: PyValue, place: string): EstimatorState {
    if (!(value instanceof PyObject)) throw this.#mistyped(place, 'an object', value);
    return new EstimatorState(value, this.#context, {
      path: this.path === '' ? place : `${this.path}.${place}`,
      version: this.version,
    });
  }

  /** `n_features_in_`, where the version stored it. */
  get width(): number | undefined {
    return this.optionalNumber('n_features_in_') ?? this.optionalNumber('n_features_');
  }

  /** `feature_names_in_`, where the model was trained on a DataFrame (scikit-learn 1.0 on). */
  get featureNames(): readonly string[] | undefined {
    return this.has('feature_names_in_') ? this.strings('feature_names_in_') : undefined;
  }

  /** Work that is done in short slices after everything was constructed and before anything is asked. */
  later(work: Generator<void, void>): void {
    this.#context.later(work);
  }

  /** @throws `ML_FORMAT_NOT_FITTED` where there is none of the attributes that `fit` leaves, whose names end in `_` */
  requireFitted(): void {
    const names = this.node.attributes?.keys() ?? [];
    if (names.some((key) => typeof key === 'string' && key.endsWith('_') && !key.endsWith('__'))) return;
    throw new FormatError('ML_FORMAT_NOT_FITTED', `${this.describe()} was never fitted: save the model after fit()`, {
      details: { class: this.className, path: this.path },
    });
  }

  /** An error for something that this class can have and we do not compute. */
  unsupported(what: string, details: Readonly<Record<string, unknown>> = {}): FormatError {
    return new FormatError('ML_FORMAT_UNSUPPORTED', `${this.describe()}: ${what} is not supported`, {
      details: { class: this.className, path: this.path, version: this.version?.text, ...details },
    });
  }

  /** Class, place and version, for messages. */
  describe(): string {
    const place = this.path === '' ? '' : ` at ${this.path}`;
    return `${this.className}${place} (scikit-learn ${this.version?.text ?? 'of unknown version'})`;
  }

  #required(name: string): PyValue {
    const value = this.node.attr(name);
    if (value !== undefined && value !== null) return value;
    if (name.endsWith('_') || name.startsWith('_')) this.requireFitted();
    throw this.unsupported(`a file without the attribute "${name}"`, { attribute: name });
  }

  #mistyped(name: string, wanted: string, value: unknown): FormatError {
    const got = isNode(value as PyValue) ? (value as { kind: string }).kind : typeof value;
    return new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `${this.describe()}: attribute "${name}" must be ${wanted}, the file has a ${got}`,
      {
        details: { class: this.className, path: this.path, attribute: name },
      },
    );
  }
}

function numeric(value: PyValue): number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (!isNode(value)) return undefined;
  if (value.kind === 'float') return value.value;
  if (value.kind !== 'scalar') return undefined;
  const inner = value.value;
  return typeof inner === 'number' || typeof inner === 'bigint' || typeof inner === 'boolean'
    ? Number(inner)
    : undefined;
}

function itemsOf(value: PyValue): readonly PyValue[] | undefined {
  return isNode(value) && (value.kind === 'list' || value.kind === 'tuple') ? value.items : undefined;
}
