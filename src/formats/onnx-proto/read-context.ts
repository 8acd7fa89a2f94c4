import { FormatError } from '../../errors/format-error.ts';
import type { Limits } from '../../spec/limits.ts';
import { FieldReader } from '../protobuf/wire-reader.ts';

/** The reader calls itself once per level; beyond this the stack would be at stake, whatever the limits say. */
const DEEPEST = 500;

/** A message takes the memory of several of the values that `maxElements` means: names, dimensions, numbers. */
const MESSAGE_COST = 4;

/** What the readers of all messages share: the file, and what may still be read of it. */
export class ReadContext {
  readonly #limits: Pick<Limits, 'maxNesting' | 'maxElements'>;
  readonly #fileStart: number;
  #elements = 0;

  constructor(file: Uint8Array, limits: Pick<Limits, 'maxNesting' | 'maxElements'>) {
    this.#limits = limits;
    this.#fileStart = file.byteOffset;
  }

  /**
   * Begins a message.
   *
   * @throws `ML_FORMAT_LIMIT` when there are too many
   */
  open(body: Uint8Array, message: string, wholeFile = false): FieldReader {
    this.spend(MESSAGE_COST);
    return new FieldReader(body, { message, fileStart: this.#fileStart, wholeFile });
  }

  /** Counts elements: values that are stored by themselves, such as names and dimensions. */
  spend(elements = 1): void {
    this.#elements += elements;
    const { maxElements } = this.#limits;
    if (this.#elements > maxElements) {
      throw new FormatError(
        'ML_FORMAT_LIMIT',
        `the ONNX file has more than ${maxElements} elements (a message counts as ${MESSAGE_COST}); raise limits.maxElements if you trust the file`,
        { details: { maxElements } },
      );
    }
  }

  /** Goes one level down, into a subgraph or a nested type. */
  deeper(depth: number): number {
    const allowed = Math.min(this.#limits.maxNesting, DEEPEST);
    if (depth >= allowed) {
      throw new FormatError(
        'ML_FORMAT_LIMIT',
        `the ONNX file nests graphs or types more than ${allowed} levels deep; limits.maxNesting allows up to ${DEEPEST}`,
        { details: { maxNesting: allowed } },
      );
    }
    return depth + 1;
  }
}

/** For absent repeated fields: one shared empty array. */
export const NONE: readonly never[] = [];

/** Adds to a list that starts as the shared empty one. */
export function append<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) return [item];
  (list as T[]).push(item);
  return list;
}

/**
 * A message field that may be there once: protobuf readers merge two, so that what is checked
 * here and what an engine computes could differ.
 *
 * @throws `ML_FORMAT_MALFORMED` when it was there already
 */
export function once(before: unknown, reader: FieldReader): Uint8Array {
  if (before !== undefined) throw reader.problem('is there twice');
  return reader.bytes();
}
