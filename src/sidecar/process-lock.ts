import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SidecarError } from '../errors/sidecar-error.ts';

const ASK_EVERY_MS = 250;
/** The holder says that it lives by touching its file. */
const BEAT_MS = 5000;
const DEAD_AFTER_MS = 60_000;

/** Who waits for what. */
export interface LockOptions {
  readonly signal: AbortSignal;
  /** Milliseconds to wait for another holder. */
  readonly timeoutMs: number;
  /** Told once, with the process that holds it, where one must wait. */
  readonly onWait: (holder: string) => void;
}

/**
 * Does work that one process at a time may do, whoever shares the folder. A lock whose holder died is taken over.
 *
 * @param path file that exists while the lock is held
 * @throws `ML_SIDECAR_TIMEOUT`; what the work throws
 */
export async function withProcessLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${hostname()} ${process.pid} ${randomUUID()}`;
  await take(path, own, options);
  const beat = setInterval(() => void touch(path), BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    // Another may have taken over from a process that was stopped for long.
    if ((await holderOf(path)) === own) await rm(path, { force: true });
  }
}

async function take(path: string, own: string, { signal, timeoutMs, onWait }: LockOptions): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let asked = 0; ; asked += 1) {
    if (await create(path, own)) return;
    const holder = await holderOf(path);
    if (holder !== undefined && (await isDead(path, holder))) {
      await bury(path, holder);
      continue;
    }
    if (asked === 0) onWait(holder ?? 'another process');
    if (performance.now() > deadline) {
      throw new SidecarError('ML_SIDECAR_TIMEOUT', `${holder} holds ${path} for more than ${timeoutMs} ms`, {
        details: { path, holder, timeoutMs },
      });
    }
    await pause(ASK_EVERY_MS, undefined, { signal });
  }
}

async function create(path: string, own: string): Promise<boolean> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  });
  if (file === undefined) return false;
  try {
    await file.writeFile(own);
    return true;
  } catch (error) {
    // A lock that does not say whose it is would be waited for until it is old.
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

async function holderOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

async function isDead(path: string, holder: string): Promise<boolean> {
  const [host, pid] = holder.split(' ');
  if (host === hostname() && Number(pid) > 0 && !isAlive(Number(pid))) return true;
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > DEAD_AFTER_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Moved away before it is deleted: of two processes that both saw a dead holder, one finds nothing to move. */
async function bury(path: string, holder: string): Promise<void> {
  const grave = `${path}.${randomUUID()}`;
  try {
    await rename(path, grave);
  } catch {
    return;
  }
  // What was moved is the lock of one who was quicker: it goes back, unless a third came in between.
  if ((await holderOf(grave)) !== holder && (await create(path, (await holderOf(grave)) ?? ''))) await touch(path);
  await rm(grave, { force: true });
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}
