import { FormatError } from '../../errors/format-error.ts';
import type { LayerType } from '../graph/layer-type.ts';
import type { KerasGeneration, KerasLayer } from '../model/keras-layer.ts';

/** Reads a layer inside a model; handed down, as models hold layers and layers can be models. */
export type ParseLayer = (value: unknown, place: readonly string[], context: ParseContext) => KerasLayer;

/** What the walk over a configuration carries: the allow-list, the limit of nesting, and what was wrong so far. */
export class ParseContext {
  readonly types: ReadonlyMap<string, LayerType>;
  readonly generation: KerasGeneration;
  readonly maxNesting: number;
  /** Everything that cannot be used, in the order of the file. */
  readonly problems: FormatError[] = [];

  constructor(types: ReadonlyMap<string, LayerType>, generation: KerasGeneration, maxNesting: number) {
    this.types = types;
    this.generation = generation;
    this.maxNesting = maxNesting;
  }

  /** @throws `ML_FORMAT_LIMIT` where models, wrappers or arguments are nested too deep */
  checkDepth(depth: number, where: string): void {
    if (depth <= this.maxNesting) return;
    throw new FormatError(
      'ML_FORMAT_LIMIT',
      `Keras model: ${where} is nested more than ${this.maxNesting} deep (limits.maxNesting)`,
      { details: { limit: this.maxNesting } },
    );
  }

  /** Notes a layer that cannot be used; the walk goes on, so that a scan names all of them. */
  note(error: unknown): void {
    if (!(error instanceof FormatError) || error.code === 'ML_FORMAT_LIMIT') throw error;
    this.problems.push(error);
  }
}

/** An error of the file's structure. */
export function malformed(what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `Keras model: ${what}`);
}
