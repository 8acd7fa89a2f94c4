import { FormatError } from '../../errors/format-error.ts';
import { MLServiceError } from '../../errors/ml-service-error.ts';
import { isNode, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import type { PyDict } from '../../formats/pickle/py-dict.ts';
import { publicName } from '../../sklearn/base/class-name.ts';
import type { ConstructContext } from '../../sklearn/base/construct.ts';
import { isPandas, pandasValue } from '../../formats/pandas/pandas-value.ts';
import type { LoadedModel } from '../../spec/model-loader.ts';
import { type EstimatorContext, estimatorModel } from './estimator-model.ts';
import { plainValue } from './plain-value.ts';

/** Containers may stand inside containers this deep. */
const MAX_DEPTH = 16;

/**
 * What a pickle holds: an estimator, data, or a dictionary, list or tuple of both. A container has
 * the methods of its only predictor; of several, the caller chooses a part.
 */
export class PickleContents {
  readonly #construct: ConstructContext;
  readonly #context: EstimatorContext;

  constructor(construct: ConstructContext, context: EstimatorContext) {
    this.#construct = construct;
    this.#context = context;
  }

  /** @throws `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_NOT_FITTED` */
  read(root: PyValue): LoadedModel {
    const estimator = this.#estimator(root, '');
    if (estimator !== undefined) return estimator;
    const parts = this.#parts(root, 0);
    if (parts === undefined) return { value: dataOf(root) };
    const value = optionalValue(root);
    const predictors = predictorsIn(parts);
    const only = predictors.length === 1 ? predictors[0] : undefined;
    return { ...only, ...value, parts };
  }

  #estimator(value: PyValue, path: string): LoadedModel | undefined {
    if (!(value instanceof PyObject) || isPandas(value) || containerOf(value) !== undefined) return undefined;
    return estimatorModel(this.#construct.construct(value, { path, version: undefined }), this.#context);
  }

  /** One entry per item, if any item is an estimator or holds one; plain data has no parts. */
  #parts(value: PyValue, depth: number): Map<string, LoadedModel> | undefined {
    const items = itemsOf(value);
    if (items === undefined || depth > MAX_DEPTH || !items.some(([, item]) => holdsObject(item, depth)))
      return undefined;
    return new Map(items.map(([key, item]) => [key, this.#part(item, key, depth)]));
  }

  #part(value: PyValue, key: string, depth: number): LoadedModel {
    try {
      const estimator = this.#estimator(value, key);
      if (estimator !== undefined) return estimator;
      const parts = this.#parts(value, depth + 1);
      return parts === undefined ? { value: dataOf(value) } : { ...optionalValue(value), parts };
    } catch (error) {
      // One part that cannot be used does not make the others useless.
      if (MLServiceError.isInstance(error)) return { unusable: error };
      throw error;
    }
  }
}

function predictorsIn(parts: ReadonlyMap<string, LoadedModel>): LoadedModel[] {
  return [...parts.values()].flatMap((part) => [
    ...(part.predict === undefined ? [] : [part]),
    ...(part.parts === undefined ? [] : predictorsIn(part.parts)),
  ]);
}

/** A dictionary, list or tuple, also one in disguise: `sklearn.utils.Bunch` and other subclasses. */
function containerOf(value: PyObject): PyDict | undefined {
  if (value.entries !== undefined && value.entries.size > 0) return value.entries;
  return publicName(value.cls) === 'sklearn.utils.Bunch' ? value.attributes : undefined;
}

function itemsOf(value: PyValue): [string, PyValue][] | undefined {
  if (!isNode(value)) return undefined;
  if (value.kind === 'list' || value.kind === 'tuple') return value.items.map((item, i) => [String(i), item]);
  const dict = value.kind === 'dict' ? value : value instanceof PyObject ? containerOf(value) : undefined;
  if (dict === undefined) return undefined;
  return Array.from(dict, ([key, item]) => [isNode(key) ? String(plainValue(key)) : String(key), item]);
}

function holdsObject(value: PyValue, depth: number): boolean {
  if (value instanceof PyObject && containerOf(value) === undefined) return !isPandas(value);
  return depth < MAX_DEPTH && (itemsOf(value)?.some(([, item]) => holdsObject(item, depth + 1)) ?? false);
}

/** Data as plain values; pandas frames and series as columns. */
function dataOf(value: PyValue): unknown {
  if (value instanceof PyObject && isPandas(value)) return pandasValue(value);
  return plainValue(value);
}

/** The value of a container, where all of it is plain data. */
function optionalValue(value: PyValue): { readonly value?: unknown } {
  try {
    return { value: dataOf(value) };
  } catch (error) {
    if (error instanceof FormatError) return {};
    throw error;
  }
}
