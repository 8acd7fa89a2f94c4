import { FormatError } from '../../errors/format-error.ts';
import type { PyObject } from '../../formats/pickle/nodes.ts';
import { publicName } from './class-name.ts';
import type { Estimator, EstimatorTable } from './estimator.ts';
import { EstimatorState } from './estimator-state.ts';
import type { SklearnVersion } from './sklearn-version.ts';

/** Estimators may stand inside estimators this deep. */
const MAX_DEPTH = 32;

/** Where an object stands in the file, and the version of what is around it. */
export interface Place {
  readonly path: string;
  readonly version: SklearnVersion | undefined;
}

/** Builds estimators from their nodes; a node that the file refers to twice is built once. */
export class ConstructContext {
  readonly #table: EstimatorTable;
  readonly #built = new Map<PyObject, Estimator>();
  #depth = 0;

  constructor(table: EstimatorTable) {
    this.#table = table;
  }

  /** Whether there is a constructor for the class of a node. */
  knows(node: PyObject): boolean {
    return this.#table.has(publicName(node.cls));
  }

  /**
   * @throws `ML_FORMAT_UNSUPPORTED` for a class that is not known, naming it and its place
   */
  construct(node: PyObject, place: Place): Estimator {
    const known = this.#built.get(node);
    if (known !== undefined) return known;
    const name = publicName(node.cls);
    const build = this.#table.get(name);
    if (build === undefined) {
      const where = place.path === '' ? '' : ` (at ${place.path})`;
      throw new FormatError('ML_FORMAT_UNSUPPORTED', `class ${node.cls.path}${where} is not supported`, {
        details: { class: name, path: place.path },
      });
    }
    if (this.#depth >= MAX_DEPTH) {
      throw new FormatError('ML_FORMAT_LIMIT', `estimators are nested more than ${MAX_DEPTH} deep at ${place.path}`, {
        details: { limit: MAX_DEPTH },
      });
    }
    this.#depth += 1;
    try {
      const estimator = build(new EstimatorState(node, this, place));
      this.#built.set(node, estimator);
      return estimator;
    } finally {
      this.#depth -= 1;
    }
  }
}
