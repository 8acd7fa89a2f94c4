import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Parser, ReadEntry } from 'tar';

const GZIP = [0x1f, 0x8b] as const;

/**
 * The entries of a tar file, compressed with gzip or not, one after another. An entry's bytes come while it is read; the
 * next one comes when it was read to its end, or told to `resume`. What follows the end of the archive is not read.
 *
 * The parser gets plain tar: its own decompression works in one go, keeps what follows the end, and refuses contents that
 * compress well.
 */
export class TarEntries {
  readonly #source: Readable;
  readonly #parser: Parser;
  readonly #waiting: ReadEntry[] = [];
  #current: ReadEntry | undefined;
  #failure: Error | undefined;
  #ended = false;
  #wake: () => void = () => undefined;
  #flow: () => void = () => undefined;

  private constructor(parser: Parser, source: Readable) {
    this.#parser = parser;
    this.#source = source;
    parser.on('entry', (entry: ReadEntry) => {
      // Where nobody reads it just now, `read` and `next` tell of the failure.
      entry.on('error', () => undefined);
      this.#waiting.push(entry);
      this.#wake();
    });
    // Extended headers would be gathered without end, and no archive of ours has any.
    parser.on('meta', () => this.#fail(new Error('it has extended headers')));
    parser.on('ignoredEntry', ({ type, size }: ReadEntry) =>
      this.#fail(new Error(`it has a ${type} of ${size} bytes`)),
    );
    parser.on('error', (error: Error) => this.#fail(error));
    parser.on('drain', () => this.#flow());
    parser.on('eof', () => this.#end());
    parser.on('end', () => this.#end());
  }

  /** @throws errors of the operating system */
  static async open(path: string, signal: AbortSignal): Promise<TarEntries> {
    const { Parser } = await import('tar');
    const file = createReadStream(path, { signal });
    // A failure of the file reaches whoever reads what comes out.
    const source = (await isGzip(path)) ? pipeline(file, createGunzip(), () => undefined) : file;
    const entries = new TarEntries(new Parser({ strict: true }), source);
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

  /**
   * The bytes of the current entry.
   *
   * @throws as `next`
   */
  async *read(entry: ReadEntry): AsyncGenerator<Uint8Array> {
    const chunks = entry[Symbol.asyncIterator]();
    for (;;) {
      // A stream that failed between two chunks says nothing any more.
      if (this.#failure !== undefined) throw this.#failure;
      const { done, value } = await chunks.next();
      if (done === true) return;
      yield value;
    }
  }

  close(): void {
    this.#fail(new Error('it was closed'));
  }

  async #pump(): Promise<void> {
    let isFirst = true;
    try {
      for await (const chunk of this.#source as AsyncIterable<Buffer>) {
        // The parser would decompress it once more.
        if (isFirst && startsAsGzip(chunk)) throw new Error('it is compressed twice');
        isFirst = false;
        // Called within `write` too: an entry may have been read meanwhile.
        const flowing = new Promise<void>((resolve) => (this.#flow = resolve));
        if (!this.#parser.write(chunk)) await flowing;
        if (this.#failure !== undefined || this.#ended) return;
      }
      this.#parser.end();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #end(): void {
    this.#ended = true;
    this.#source.destroy();
    this.#flow();
    this.#wake();
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#source.destroy();
    this.#current?.destroy(error);
    this.#flow();
    this.#wake();
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(GZIP.length);
    await file.read(head, 0, head.length, 0);
    return startsAsGzip(head);
  } finally {
    await file.close();
  }
}

function startsAsGzip(bytes: Uint8Array): boolean {
  return GZIP.every((byte, i) => bytes[i] === byte);
}
