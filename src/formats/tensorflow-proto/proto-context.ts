import { FormatError } from '../../errors/format-error.ts';
import type { Limits } from '../../spec/limits.ts';
import { FieldReader } from '../protobuf/wire-reader.ts';

/** What the readers of all messages of a TensorFlow file share: the file, and what may still be read of it. */
export class ProtoContext {
  readonly #fileStart: number;
  readonly #maxElements: number;
  #elements = 0;

  constructor(file: Uint8Array, { maxElements }: Pick<Limits, 'maxElements'>) {
    this.#fileStart = file.byteOffset;
    this.#maxElements = maxElements;
  }

  /**
   * Begins a message.
   *
   * @throws `ML_FORMAT_LIMIT` when the file has too many
   */
  open(body: Uint8Array, message: string, wholeFile = false): FieldReader {
    this.spend();
    return new FieldReader(body, { message, fileStart: this.#fileStart, wholeFile });
  }

  /** Counts what is kept by itself: messages, names, numbers. */
  spend(elements = 1): void {
    this.#elements += elements;
    if (this.#elements > this.#maxElements) {
      throw new FormatError(
        'ML_FORMAT_LIMIT',
        `the TensorFlow file has more than ${this.#maxElements} elements; raise limits.maxElements if you trust the file`,
        { details: { maxElements: this.#maxElements } },
      );
    }
  }
}

/** One entry of a protobuf map: the key as text, the value still encoded. */
export function readEntry(body: Uint8Array, context: ProtoContext): readonly [string, Uint8Array] {
  const reader = context.open(body, 'map entry');
  let key = '';
  let value: Uint8Array = EMPTY;
  while (reader.next()) {
    if (reader.field === 1) key = reader.name();
    else if (reader.field === 2) value = reader.bytes();
  }
  return [key, value];
}

const EMPTY = new Uint8Array();
