import { createReadStream, type ReadStream } from 'node:fs';
import type { Parser, ReadEntry } from 'tar';

/**
 * The entries of a tar file, compressed with gzip or not, one after another. An entry's bytes come while it is read; the
 * next one comes when it was read to its end, or told to `resume`.
 */
export class TarEntries {
  readonly #source: ReadStream;
  readonly #parser: Parser;
  readonly #waiting: ReadEntry[] = [];
  #current: ReadEntry | undefined;
  #failure: Error | undefined;
  #ended = false;
  #wake: () => void = () => undefined;
  #flow: () => void = () => undefined;

  private constructor(parser: Parser, source: ReadStream) {
    this.#parser = parser;
    this.#source = source;
    parser.on('entry', (entry: ReadEntry) => {
      this.#waiting.push(entry);
      this.#wake();
    });
    // Header extensions beyond the parser's limit: no archive of ours has any.
    parser.on('ignoredEntry', ({ type, size }: ReadEntry) => this.#fail(new Error(`a ${type} of ${size} bytes`)));
    parser.on('error', (error: Error) => this.#fail(error));
    parser.on('drain', () => this.#flow());
    parser.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  static async open(path: string, signal: AbortSignal): Promise<TarEntries> {
    const { Parser } = await import('tar');
    const entries = new TarEntries(new Parser({ strict: true }), createReadStream(path, { highWaterMark: 1 << 18, signal }));
    void entries.#pump();
    return entries;
  }

  /** @throws what the file, the decompression or the parser raised */
  async next(): Promise<ReadEntry | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      this.#current = this.#waiting.shift();
      if (this.#current !== undefined || this.#ended) return this.#current;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#source.destroy();
    this.#fail(new Error('it was closed'));
  }

  async #pump(): Promise<void> {
    try {
      for await (const chunk of this.#source as AsyncIterable<Buffer>) {
        if (this.#failure !== undefined) return;
        // Called within `write` too: an entry may have been read meanwhile.
        const flowing = new Promise<void>((resolve) => (this.#flow = resolve));
        if (!this.#parser.write(chunk)) await flowing;
      }
      this.#parser.end();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#current?.destroy(error);
    this.#flow();
    this.#wake();
  }
}
