import { type Deferred, deferred } from '../internal/deferred.ts';
import type { BlobMessage, BytesReference } from './messages.ts';

/** A child's descriptor for bytes: as messages they would be copied twice, and be garbage for the collector. */
export const BYTES_FD = 4;

/** Bytes that were announced, and how many of them have come. */
interface Blob {
  readonly bytes: Uint8Array;
  have: number;
  readonly whole: Deferred<Uint8Array>;
}

/**
 * Bytes that come on a pipe of their own, beside the messages that announce them and refer to them. They come in the
 * order in which they are announced, which may be before or after the message.
 */
export class BlobTable {
  readonly #blobs = new Map<number, Blob>();
  /** Announced and not yet there as a whole. */
  readonly #due: Blob[] = [];
  #announced = deferred<void>();

  /** Reads what comes; nothing is read ahead of its announcement but what the stream itself holds. */
  async read(pipe: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of pipe) {
      for (let at = 0; at < chunk.length; ) {
        const blob = await this.#next();
        const part = chunk.subarray(at, at + blob.bytes.length - blob.have);
        blob.bytes.set(part, blob.have);
        blob.have += part.length;
        at += part.length;
        if (blob.have === blob.bytes.length) this.#end();
      }
    }
  }

  /** Makes room for bytes that come. */
  announce({ blob, size }: BlobMessage): void {
    const announced: Blob = { bytes: new Uint8Array(size), have: 0, whole: deferred() };
    this.#blobs.set(blob, announced);
    this.#due.push(announced);
    if (size === 0 && this.#due[0] === announced) this.#end();
    this.#announced.resolve();
    this.#announced = deferred();
  }

  /** The bytes once they are there, for one caller; the table forgets them. */
  async resolve(reference: BytesReference): Promise<Uint8Array> {
    if ('bytes' in reference) return reference.bytes;
    const blob = this.#blobs.get(reference.blob);
    this.#blobs.delete(reference.blob);
    return blob === undefined ? new Uint8Array(0) : blob.whole.promise;
  }

  async #next(): Promise<Blob> {
    for (;;) {
      const [first] = this.#due;
      if (first !== undefined) return first;
      await this.#announced.promise;
    }
  }

  /** The first one is whole, and with it those behind it that have no bytes. */
  #end(): void {
    do {
      const blob = this.#due.shift();
      blob?.whole.resolve(blob.bytes);
    } while (this.#due[0]?.bytes.length === 0);
  }
}
