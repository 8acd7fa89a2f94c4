import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SidecarError } from '../errors/sidecar-error.ts';
import type { Conversion } from '../spec/converter.ts';

const MAGIC = 'base-ml-service conversion 1\n';
const MAX_HEADER = 2 ** 20;

/** Before the key of the conversion that stands here too. */
const SAME = 'same as ';
const KEY = /^[0-9a-f]{64}$/;

interface Header extends Pick<Conversion, 'name' | 'input' | 'report'> {
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Conversions by what they were made from and with. A file has its header and the converted model in one piece, and
 * appears under its name at once: processes can share the folder. What cannot be verified is not there.
 */
export class ConversionCache {
  readonly #folder: string;
  readonly #maxBytes: number;

  /** @param maxBytes of all files together; those unused for longest go first */
  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** The key of a conversion: equal for equal facts, whatever their order. */
  static key(facts: Readonly<Record<string, string>>): string {
    const sorted = Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1));
    return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
  }

  /** A conversion whose bytes are those that were verified, or `undefined`. */
  async get(key: string): Promise<Conversion | undefined> {
    const content = await this.#read(key);
    if (content === undefined) return undefined;
    const other = otherKey(content) ?? key;
    const found = parse(other === key ? content : await this.#read(other), other);
    if (found === undefined) {
      await rm(this.#path(key), { force: true }).catch(() => undefined);
      return undefined;
    }
    const now = new Date();
    // Read-only caches, as in an image, have no need of it.
    for (const used of new Set([key, other])) await utimes(this.#path(used), now, now).catch(() => undefined);
    return found;
  }

  /** @throws `ML_SIDECAR_SETUP` where it cannot be written */
  async put(key: string, conversion: Conversion): Promise<void> {
    const { name, bytes, input, report } = conversion;
    const about = { key, name, report, bytes: bytes.length, sha256: digest(bytes) };
    const header: Header = input === undefined ? about : { ...about, input };
    await this.#write(key, Buffer.concat([Buffer.from(`${MAGIC}${JSON.stringify(header)}\n`), bytes]));
    await this.#trim(key);
  }

  /**
   * Lets the conversion of a key be found by another one too, in place of what was found by that.
   *
   * @throws `ML_SIDECAR_SETUP` where it cannot be written
   */
  async alias(other: string, key: string): Promise<void> {
    const present = await this.#read(other);
    if (present !== undefined && otherKey(present) === key) return;
    await this.#write(other, Buffer.from(`${MAGIC}${SAME}${key}\n`));
  }

  #read(key: string): Promise<Buffer | undefined> {
    return readFile(this.#path(key)).catch(() => undefined);
  }

  async #write(key: string, content: Uint8Array): Promise<void> {
    const unfinished = join(this.#folder, `.${key}.${randomUUID()}`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(unfinished, content, { mode: 0o600, flush: true });
      await rename(unfinished, this.#path(key));
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw new SidecarError(
        'ML_SIDECAR_SETUP',
        `the conversion could not be kept in ${this.#folder} (${(error as Error).message}); set ML_CACHE_DIR to a folder that can be written and has room`,
        { cause: error },
      );
    }
  }

  async #trim(newest: string): Promise<void> {
    const files: { path: string; size: number; usedAt: number }[] = [];
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name);
      const state = await stat(path).catch(() => undefined);
      if (state?.isFile() === true) files.push({ path, size: state.size, usedAt: state.mtimeMs });
    }
    let total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.#maxBytes) return;
      if (path === this.#path(newest)) continue;
      await rm(path, { force: true }).catch(() => undefined);
      total -= size;
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.conversion`);
  }
}

/** The key that a conversion is really under. */
function otherKey(content: Buffer): string | undefined {
  const start = `${MAGIC}${SAME}`;
  if (content.length > 200 || !content.toString('latin1').startsWith(start)) return undefined;
  const key = content.toString('latin1', start.length).trimEnd();
  return KEY.test(key) ? key : undefined;
}

function parse(content: Buffer | undefined, key: string): Conversion | undefined {
  if (content === undefined) return undefined;
  if (content.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) return undefined;
  const end = content.subarray(0, MAGIC.length + MAX_HEADER).indexOf(0x0a, MAGIC.length);
  if (end < 0) return undefined;
  try {
    const header = JSON.parse(content.subarray(MAGIC.length, end).toString('utf8')) as Header;
    const bytes = new Uint8Array(content.subarray(end + 1));
    const right = header.key === key && header.bytes === bytes.length && header.sha256 === digest(bytes);
    const { name, input, report } = header;
    return right ? { name, bytes, ...(input !== undefined && { input }), report } : undefined;
  } catch {
    return undefined;
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
