import type { BlobMessage, BytesReference, ChunkMessage } from './messages.ts';

/** Bytes that arrive in pieces, put together in the memory that was announced for them. */
export class BlobTable {
  readonly #blobs = new Map<number, Uint8Array>();

  /** Takes a piece, or the announcement of a transfer. */
  take(message: BlobMessage | ChunkMessage): void {
    if (message.type === 'blob') this.#blobs.set(message.blob, new Uint8Array(message.size));
    else this.#blobs.get(message.blob)?.set(message.bytes, message.offset);
  }

  /** The bytes, once; the table forgets them. */
  resolve(reference: BytesReference): Uint8Array {
    if ('bytes' in reference) return reference.bytes;
    const bytes = this.#blobs.get(reference.blob);
    this.#blobs.delete(reference.blob);
    return bytes ?? new Uint8Array(0);
  }
}
