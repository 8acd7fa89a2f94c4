import { FormatError } from '../../errors/format-error.ts';
import { MLServiceError } from '../../errors/ml-service-error.ts';
import type { PyObject } from '../../formats/pickle/nodes.ts';
import { runSliced } from '../../formats/compression/time-slices.ts';
import { publicName } from './class-name.ts';
import type { Estimator, EstimatorConstructor, EstimatorTable } from './estimator.ts';
import { EstimatorState } from './estimator-state.ts';
import type { SklearnVersion } from './sklearn-version.ts';

/** Things named in one message; its details have all. */
const MAX_NAMED = 20;

/** Where an object stands in the file, and the version of what is around it. */
export interface Place {
  readonly path: string;
  readonly version: SklearnVersion | undefined;
}

/** How objects are built. */
export interface ConstructOptions {
  /** Estimators may stand inside estimators this deep. Default 32. */
  readonly maxDepth?: number;
  /** Constructors of the application's own classes, by module and name as the file writes them. */
  readonly custom?: EstimatorTable;
  /** The scikit-learn of the file, for objects of other packages, which do not say with which they were written. */
  readonly version?: SklearnVersion | undefined;
}

/**
 * Builds estimators from their nodes; a node that the file refers to twice is built once. What is not
 * supported inside an object is gathered, so that one error names all of it.
 */
export class ConstructContext {
  readonly #table: EstimatorTable;
  readonly #custom: EstimatorTable;
  readonly #maxDepth: number;
  readonly #version: SklearnVersion | undefined;
  readonly #built = new Map<PyObject, Estimator>();
  readonly #building = new Set<PyObject>();
  readonly #later: Generator<void, void>[] = [];
  #refused: MLServiceError[] = [];

  constructor(table: EstimatorTable, options: ConstructOptions = {}) {
    this.#table = table;
    this.#custom = options.custom ?? new Map();
    this.#maxDepth = options.maxDepth ?? 32;
    this.#version = options.version;
  }

  /**
   * @throws `ML_FORMAT_UNSUPPORTED` naming every class and setting in the object that is not supported, with its
   * place; `ML_FORMAT_NOT_FITTED`; `ML_FORMAT_LIMIT`
   */
  construct(node: PyObject, place: Place): Estimator {
    const known = this.#built.get(node);
    if (known !== undefined) return known;
    const depth = this.#building.size;
    if (depth >= this.#maxDepth) throw tooDeep(place, this.#maxDepth);
    if (this.#building.has(node)) throw insideItself(node, place);
    this.#building.add(node);
    let estimator: Estimator;
    try {
      estimator = this.#build(node, place);
    } catch (error) {
      // An error of another kind may only come of what stands in for something refused, which is the news then.
      if (isUnsupported(error)) this.#refused.push(error);
      else if (depth > 0 || this.#refused.length === 0) throw error;
      // The objects beside it are looked at too, so that the caller hears of everything at once.
      estimator = standIn(publicName(node.cls));
    } finally {
      this.#building.delete(node);
    }
    const refused = this.#refused;
    if (depth === 0) this.#refused = [];
    if (refused.length === 0) this.#built.set(node, estimator);
    else if (depth === 0) throw allOf(refused);
    return estimator;
  }

  /** Leaves work to `finish`: large trees are laid out in slices there. */
  later(work: Generator<void, void>): void {
    this.#later.push(work);
  }

  /**
   * Does the work that constructors left, in slices that let the event loop go on; until then no estimator is used.
   *
   * @throws what the work throws, e.g. `ML_FORMAT_MALFORMED` for trees that are none; `ML_ABORTED`
   */
  async finish(signal?: AbortSignal): Promise<void> {
    for (let work = this.#later.shift(); work !== undefined; work = this.#later.shift()) {
      const steps = work;
      await runSliced(() => steps.next().done === true, { signal });
    }
  }

  #build(node: PyObject, place: Place): Estimator {
    const build = this.#constructorOf(node);
    if (build !== undefined)
      return build(new EstimatorState(node, this, { ...place, version: place.version ?? this.#version }));
    const where = place.path === '' ? '' : ` at ${place.path}`;
    throw new FormatError('ML_FORMAT_UNSUPPORTED', `class ${node.cls.path}${where} is not supported`, {
      details: { class: node.cls.path, path: place.path },
    });
  }

  #constructorOf(node: PyObject): EstimatorConstructor | undefined {
    return this.#custom.get(node.cls.path) ?? this.#table.get(publicName(node.cls));
  }
}

function isUnsupported(error: unknown): error is MLServiceError {
  return MLServiceError.isInstance(error) && error.code === 'ML_FORMAT_UNSUPPORTED';
}

function tooDeep({ path }: Place, limit: number): FormatError {
  return new FormatError('ML_FORMAT_LIMIT', `estimators are nested more than ${limit} deep at ${path}`, {
    details: { limit, path },
  });
}

function insideItself(node: PyObject, { path }: Place): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `the ${publicName(node.cls)} at ${path} contains itself`, {
    details: { path },
  });
}

/** One error as it is; several as one that names them all. */
function allOf(refused: readonly MLServiceError[]): MLServiceError {
  const messages = [...new Set(refused.map(({ message }) => message))];
  const [first] = refused;
  if (first !== undefined && messages.length === 1) return first;
  const unsupported = refused.map(({ message, details }) => ({
    message,
    class: details['class'],
    path: details['path'],
  }));
  const more = messages.length > MAX_NAMED ? ` and ${messages.length - MAX_NAMED} more` : '';
  return new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `${messages.length} things are not supported: ${messages.slice(0, MAX_NAMED).join('; ')}${more}`,
    { details: { unsupported } },
  );
}

/** In the place of what was refused, until the error that names it is raised; it is never asked anything. */
function standIn(className: string): Estimator {
  const never = (): never => {
    throw new FormatError('ML_FORMAT_UNSUPPORTED', `class ${className} is not supported`);
  };
  return {
    className,
    task: 'unknown',
    width: undefined,
    featureNames: undefined,
    classes: [],
    predict: never,
    predictProba: never,
    decisionFunction: never,
    transform: never,
    inverseTransform: never,
    scoreSamples: never,
  };
}
