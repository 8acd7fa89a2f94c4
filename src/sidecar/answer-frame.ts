import { SidecarError } from '../errors/sidecar-error.ts';
import type { TensorData, TensorLike } from '../spec/tensor.ts';
import { readLength, WIRE_ARRAYS, WIRE_TYPES } from './call-layout.ts';
import type { AnswerFrame } from './frame-reader.ts';

/** Arrays by name. */
export type Answer = ReadonlyMap<string, TensorLike>;

/**
 * The arrays of an answer; its layout stands in `call_frames.py`.
 *
 * @throws `ML_SIDECAR_PROTOCOL` where description, texts and numbers do not fit each other
 */
export function readAnswer({ description, texts, numbers }: AnswerFrame): Answer {
  const about = new Description(description);
  if (about.text() !== '') throw broken('an answer that names a method');
  const lists = texts.length === 0 ? [] : parsed(texts);
  const arrays = new Map<string, TensorLike>();
  let list = 0;
  let at = 0;
  for (let left = about.count(); left > 0; left -= 1) {
    const name = about.text();
    const type = WIRE_TYPES[about.byte()];
    const shape = about.extents();
    const elements = shape.reduce((product, extent) => product * extent, 1);
    if (type === undefined) throw broken('an array of no known type');
    if (type === 'string') {
      arrays.set(name, { data: labels(lists[list], elements), shape, dtype: 'string' });
      list += 1;
      continue;
    }
    const Target = WIRE_ARRAYS[type];
    const end = at + elements * Target.BYTES_PER_ELEMENT;
    // Not `end > length`: what is no number ends here too.
    if (!(end <= numbers.length))
      throw broken(`an array of the shape [${shape.join(', ')}] in ${numbers.length} bytes`);
    // A copy: numbers must begin at a multiple of their size, and a Buffer is part of a larger memory.
    const own = new Uint8Array(end - at);
    own.set(numbers.subarray(at, end));
    arrays.set(name, { data: new Target(own.buffer), shape, dtype: type });
    at = end;
  }
  if (at !== numbers.length || list !== lists.length || !about.over)
    throw broken('an answer with more than its arrays');
  return arrays;
}

/** Reads a description from its start; what is not there ends it. */
class Description {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get over(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#skip(1)] as number;
  }

  count(): number {
    return this.#bytes.readUInt32LE(this.#skip(4));
  }

  text(): string {
    const length = this.count();
    const start = this.#skip(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  extents(): readonly number[] {
    const rank = this.count();
    const start = this.#skip(8 * rank);
    const extents: number[] = [];
    for (let i = 0; i < rank; i += 1) extents.push(readLength(this.#bytes, start + 8 * i));
    return extents;
  }

  /** Where so many bytes begin that are there. */
  #skip(length: number): number {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw broken('a description that ends early');
    return start;
  }
}

function labels(list: unknown, elements: number): TensorData {
  if (!Array.isArray(list) || list.length !== elements || !list.every(isLabel)) {
    throw broken(`texts that are not ${elements} texts, numbers or booleans`);
  }
  return list;
}

function isLabel(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function parsed(texts: Buffer): readonly unknown[] {
  let lists: unknown;
  try {
    lists = JSON.parse(texts.toString('utf8'));
  } catch (error) {
    throw broken('texts that are no JSON', error);
  }
  if (!Array.isArray(lists)) throw broken('texts that are no list');
  return lists;
}

function broken(what: string, cause?: unknown): SidecarError {
  return new SidecarError('ML_SIDECAR_PROTOCOL', `the sidecar sent ${what}`, { cause });
}
