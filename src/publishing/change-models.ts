import { randomBytes } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AbortedError } from '../errors/aborted-error.ts';
import { ArtefactError } from '../errors/artefact-error.ts';
import { PublishError } from '../errors/publish-error.ts';
import { SidecarError } from '../errors/sidecar-error.ts';
import { OWN_FOLDER } from '../repository/change-journal.ts';
import { isInside } from '../repository/contained-path.ts';
import { withProcessLock } from '../sidecar/process-lock.ts';
import { changeError } from './change-error.ts';
import { logBegin, logEnd, makeOwnFolder, STAGING, sweepStaging, tokenInLog, undoInterrupted } from './change-log.ts';
import { applySteps, type ChangeStep, missingFolders, undoSteps } from './change-steps.ts';
import { exists, makeFolders, writeNew } from '../internal/durable.ts';
import { digestChunks, type Digested, digestFile, writerTo } from './hashing-copy.ts';

/** How a models directory is changed. */
export interface ChangeOptions {
  readonly signal: AbortSignal;
  /** Milliseconds to wait for another process that is changing the directory. Default 120,000. */
  readonly lockTimeoutMs?: number | undefined;
  /** Told of every piece that was copied. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Longer than it takes until a lock counts as left behind whose holder cannot be asked. */
const LOCK_TIMEOUT_MS = 120_000;

/**
 * Changes a models directory: all of what `work` puts together is done, or nothing, whenever the process ends. One change
 * at a time; what a process left behind that was killed is undone first.
 *
 * 1. New content is written beside its place under hidden names, and waits until the disk has it.
 * 2. The journal names all steps. From now on readers do not see the files concerned.
 * 3. Files get their names, old ones are set aside.
 * 4. The journal says that nothing is changing: only now the change counts.
 *
 * @throws `ML_PUBLISH_LOCKED`, `ML_PUBLISH_EXISTS`, `ML_PUBLISH_FAILED`, `ML_ABORTED`; what `work` throws
 */
export async function changeModels<T>(
  modelsDir: string,
  options: ChangeOptions,
  work: (change: ModelsChange) => Promise<T>,
): Promise<T> {
  try {
    const root = await rootOf(modelsDir);
    await makeOwnFolder(root);
    return await locked(root, options, async () => {
      await undoInterrupted(root);
      const change = new ModelsChange(root, options);
      try {
        const result = await work(change);
        await change.commit();
        return result;
      } finally {
        // After a change that could not be undone, the journal still needs what is there.
        if (tokenInLog(root) !== change.token) await sweepStaging(root, change.token).catch(() => undefined);
      }
    });
  } catch (error) {
    throw changeError(error, modelsDir);
  }
}

/**
 * Undoes what a killed command left of its change.
 *
 * @returns ids of what it had begun to move; empty where nothing was left
 * @throws `ML_PUBLISH_LOCKED`, `ML_PUBLISH_FAILED`
 */
export async function undoLeftChange(modelsDir: string, options: ChangeOptions): Promise<readonly string[]> {
  try {
    const root = await rootOf(modelsDir);
    await makeOwnFolder(root);
    return await locked(root, options, () => undoInterrupted(root));
  } catch (error) {
    throw changeError(error, modelsDir);
  }
}

/** A file that waits for its place. */
export interface Staged extends Digested {
  /** Where it waits, absolute. */
  readonly path: string;
}

/** A change that is being put together. Nothing of it is seen before `commit`. */
export class ModelsChange {
  /** Absolute, links resolved. */
  readonly root: string;
  /** Names this change in the journal. */
  readonly token: string = randomBytes(8).toString('hex');
  readonly #options: ChangeOptions;
  readonly #steps: ChangeStep[] = [];
  readonly #moving = new Set<string>();

  constructor(root: string, options: ChangeOptions) {
    this.root = root;
    this.#options = options;
  }

  /**
   * Puts a file.
   *
   * @param id where there is none, or another one to be replaced
   * @param source path of a file, links resolved, or its content
   * @param visible whether readers may see the old or the new one meanwhile, where one is replaced
   */
  async put(id: string, source: string | AsyncIterable<Uint8Array>, visible = false): Promise<Staged> {
    const replaces = await exists(join(this.root, id));
    const staged = this.#place(id);
    const digested = await this.#stage(staged, source);
    if (replaces) this.#steps.push({ id, kind: 'replace', staged, kept: this.#place(id) });
    else this.#steps.push({ id, kind: 'create', staged });
    if (!replaces || !visible) this.#moving.add(id);
    return { ...digested, path: join(this.root, staged) };
  }

  /** Removes a file, or a folder with all that is in it. */
  async remove(id: string): Promise<void> {
    const kept = this.#place(id);
    await makeFolders(dirname(join(this.root, kept)));
    this.#steps.push({ id, kind: 'remove', kept });
    this.#moving.add(id);
  }

  /** Hides a file or folder until the change is done, besides those that it touches. */
  hide(id: string): void {
    this.#moving.add(id);
  }

  /** Does all of it, or nothing. */
  async commit(): Promise<void> {
    const { root } = this;
    if (this.#steps.length === 0) return;
    if (this.#options.signal.aborted)
      throw new AbortedError('ML_ABORTED', 'the change was aborted', { cause: this.#options.signal.reason });
    const folders = await missingFolders(root, this.#steps);
    const change = { token: this.token, moving: [...this.#moving], steps: this.#steps, folders };
    try {
      await logBegin(root, change);
      await applySteps(root, this.#steps);
      this.#assertOurs();
      await logEnd(root);
    } catch (error) {
      if (tokenInLog(root) !== this.token) throw error;
      await undoSteps(root, this.#steps, folders);
      await logEnd(root);
      throw error;
    }
  }

  /** A process that was stopped for long may have lost its lock, and its change been undone by the next holder. */
  #assertOurs(): void {
    if (tokenInLog(this.root) === this.token) return;
    throw new PublishError(
      'ML_PUBLISH_LOCKED',
      `another process took over ${this.root}, because this one did not stir for long; nothing was changed`,
      { details: { root: this.root } },
    );
  }

  /** A hidden name on the file system of the file itself. */
  #place(id: string): string {
    const slash = id.indexOf('/');
    const area = slash < 0 ? '' : `${id.slice(0, slash)}/`;
    return `${area}${STAGING}/${this.token}/${this.#steps.length}-${randomBytes(4).toString('hex')}`;
  }

  async #stage(staged: string, source: string | AsyncIterable<Uint8Array>): Promise<Digested> {
    const path = join(this.root, staged);
    const { signal, onBytes } = this.#options;
    const options = { signal, ...(onBytes !== undefined && { onBytes }) };
    await makeFolders(dirname(path));
    return writeNew(path, (file) =>
      typeof source === 'string'
        ? digestFile(source, options, writerTo(file))
        : digestChunks(source, options, writerTo(file)),
    );
  }
}

/** A small content as `put` takes it. */
export async function* chunkOf(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof content === 'string' ? Buffer.from(content) : content;
}

/**
 * The absolute path of something below a models directory, whether it is there or not.
 *
 * @throws `ML_ARTEFACT_ESCAPES` where a folder on the way is a link that leads out
 */
export async function pathInside(root: string, id: string): Promise<string> {
  const path = join(root, id);
  let folder = dirname(path);
  while (!(await exists(folder))) folder = dirname(folder);
  const real = await realpath(folder);
  if (isInside(root, real)) return path;
  throw new ArtefactError('ML_ARTEFACT_ESCAPES', `${id} would lie outside of ${root}, in ${real}`, {
    details: { id, root },
  });
}

async function rootOf(modelsDir: string): Promise<string> {
  const path = resolve(modelsDir);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return realpath(path);
  throw new ArtefactError(
    'ML_ARTEFACT_MISSING',
    `there is no models directory ${path}; make one: base-ml-service init --models-dir ${path}`,
    { details: { path } },
  );
}

async function locked<T>(root: string, options: ChangeOptions, work: () => Promise<T>): Promise<T> {
  const { signal, lockTimeoutMs: timeoutMs = LOCK_TIMEOUT_MS } = options;
  try {
    return await withProcessLock(join(root, OWN_FOLDER, 'lock'), { signal, timeoutMs, onWait: () => undefined }, work);
  } catch (error) {
    if (!(error instanceof SidecarError) || error.code !== 'ML_SIDECAR_TIMEOUT') throw error;
    throw new PublishError('ML_PUBLISH_LOCKED', `${root} is being changed by another process: ${error.message}`, {
      details: error.details,
      cause: error,
    });
  }
}
