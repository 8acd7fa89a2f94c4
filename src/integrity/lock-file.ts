import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AuthenticityError } from '../errors/authenticity-error.ts';
import { makeFolders, replaceFileAmongOthers } from '../internal/durable.ts';
import { lockText, type ModelsLock, parseLock } from './models-lock.ts';

const MAX_LOCK_BYTES: number = 64 * 2 ** 20;

/** A lock file that is read when it is needed, and again when it was replaced. */
export class LockFile {
  readonly path: string;
  #known: { readonly mark: string; readonly lock: ModelsLock } | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws `ML_LOCK_MISSING`, `ML_LOCK_INVALID` */
  async read(): Promise<ModelsLock> {
    try {
      const { size, mtimeNs, ino } = await stat(this.path, { bigint: true });
      if (size > MAX_LOCK_BYTES) throw this.#invalid(`it has ${size} bytes, the limit is ${MAX_LOCK_BYTES}`);
      const mark = `${size} ${mtimeNs} ${ino}`;
      if (this.#known?.mark !== mark) {
        this.#known = { mark, lock: parseLock(await readFile(this.path), this.path) };
      }
      return this.#known.lock;
    } catch (error) {
      if (error instanceof AuthenticityError) throw error;
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw this.#invalid(error instanceof Error ? error.message : String(error), error);
      }
      throw new AuthenticityError(
        'ML_LOCK_MISSING',
        `the lock file ${this.path} does not exist; write it with npx base-ml-service lock --out ${this.path}, or correct authenticity.lockFile (ML_MODELS_LOCK)`,
        { details: { path: this.path }, cause: error },
      );
    }
  }

  /** Replaces the file in one step; its folder is made if need be. */
  async write(lock: ModelsLock): Promise<void> {
    try {
      await makeFolders(dirname(this.path));
      await replaceFileAmongOthers(this.path, lockText(lock));
    } catch (error) {
      throw this.#invalid(`it cannot be written: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  }

  #invalid(what: string, cause?: unknown): AuthenticityError {
    return new AuthenticityError('ML_LOCK_INVALID', `${this.path}: ${what}`, { details: { path: this.path }, cause });
  }
}
