import { FormatError } from '../../errors/format-error.ts';
import { MLServiceError } from '../../errors/ml-service-error.ts';
import { isPandas } from '../../formats/pandas/pandas-value.ts';
import { pythonDate } from '../../formats/pandas/python-date.ts';
import { isNode, type PyNode, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import type { ConstructContext } from '../../sklearn/base/construct.ts';
import type { Estimator } from '../../sklearn/base/estimator.ts';
import { type EstimatorContext, estimatorModel } from '../../sklearn/base/estimator-model.ts';
import type { LoadedModel } from '../../spec/model-loader.ts';
import { containerOf, itemsOf } from './container-items.ts';
import { nodeBytes } from './node-bytes.ts';
import { plainValue } from './plain-value.ts';

/**
 * What a pickle holds: an estimator, data, or a dictionary, list or tuple of both. A container has
 * the methods of its only predictor; of several, the caller chooses a part.
 */
export class PickleContents {
  readonly #construct: ConstructContext;
  readonly #context: EstimatorContext;
  readonly #maxDepth: number;
  /** By node, so that an object that the file refers to twice is one part under two names. */
  readonly #models = new Map<PyNode, LoadedModel>();
  readonly #holds = new Map<PyNode, boolean>();

  /** @param maxDepth how deep containers may stand inside containers and still be parts */
  constructor(construct: ConstructContext, context: EstimatorContext, maxDepth = 16) {
    this.#construct = construct;
    this.#context = context;
    this.#maxDepth = maxDepth;
  }

  /** @throws `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_NOT_FITTED`, `ML_FORMAT_LIMIT` */
  read(root: PyValue): LoadedModel {
    if (isEstimator(root)) return this.#estimator(root, '');
    const byteSize = nodeBytes(root);
    if (!this.#holdsObject(root, 0)) return { info: DATA, byteSize, value: plainValue(root) };
    const parts = this.#parts(root, '', 0);
    const predictors = predictorsIn(parts);
    const only = predictors.length === 1 ? predictors[0] : undefined;
    this.#tellUnusable(parts);
    return { info: DATA, ...only, ...optionalValue(root), parts, byteSize };
  }

  #estimator(node: PyObject, path: string): LoadedModel {
    const known = this.#models.get(node);
    if (known !== undefined) return known;
    const estimator: Estimator = this.#construct.construct(node, { path, version: undefined });
    const byteSize = Math.max(estimator.byteSize ?? 0, nodeBytes(node));
    const model = { ...estimatorModel(estimator, this.#context), byteSize };
    this.#models.set(node, model);
    return model;
  }

  #parts(value: PyValue, path: string, depth: number): Map<string, LoadedModel> {
    return new Map((itemsOf(value) ?? []).map(([key, item]) => [key, this.#part(item, join(path, key), depth)]));
  }

  #part(value: PyValue, path: string, depth: number): LoadedModel {
    const known = isNode(value) ? this.#models.get(value) : undefined;
    if (known !== undefined) return known;
    try {
      if (isEstimator(value)) return this.#estimator(value, path);
      const model = this.#holdsObject(value, depth + 1)
        ? { info: DATA, ...optionalValue(value), parts: this.#parts(value, path, depth + 1) }
        : { info: DATA, value: plainValue(value) };
      if (isNode(value)) this.#models.set(value, model);
      return model;
    } catch (error) {
      // One part that cannot be used does not make the others useless.
      if (MLServiceError.isInstance(error)) return { unusable: error };
      throw error;
    }
  }

  /** Whether a container holds an object of a class, at any depth that parts reach; plain data has no parts. */
  #holdsObject(value: PyValue, depth: number): boolean {
    if (!isNode(value) || depth > this.#maxDepth) return false;
    const known = this.#holds.get(value);
    if (known !== undefined) return known;
    this.#holds.set(value, false);
    const holds = itemsOf(value)?.some(([, item]) => isEstimator(item) || this.#holdsObject(item, depth + 1)) ?? false;
    this.#holds.set(value, holds);
    return holds;
  }

  #tellUnusable(parts: ReadonlyMap<string, LoadedModel>): void {
    for (const [name, { unusable }] of parts) {
      if (unusable !== undefined)
        this.#context.warn({ code: 'part-unusable', message: `part "${name}" cannot be used: ${unusable.message}` });
    }
  }
}

const DATA = { task: 'unknown', engine: 'native', inputs: [], outputs: [] } as const;

/** Any object of a class that is neither a container nor data. */
function isEstimator(value: PyValue): value is PyObject {
  return value instanceof PyObject && !isData(value) && containerOf(value) === undefined;
}

function isData(value: PyObject): boolean {
  return isPandas(value) || pythonDate(value) !== undefined;
}

/** Each once, however often and under whatever names the file refers to it. */
function predictorsIn(parts: ReadonlyMap<string, LoadedModel>): LoadedModel[] {
  const seen = new Set<LoadedModel>();
  const waiting = [...parts.values()];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (seen.has(part)) continue;
    seen.add(part);
    if (part.parts !== undefined) waiting.push(...part.parts.values());
  }
  return [...seen].filter((part) => part.predict !== undefined);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** The value of a container, where all of it is plain data. */
function optionalValue(value: PyValue): { readonly value?: unknown } {
  try {
    return { value: plainValue(value) };
  } catch (error) {
    if (error instanceof FormatError) return {};
    throw error;
  }
}
