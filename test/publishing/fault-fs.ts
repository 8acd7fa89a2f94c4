import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** Calls of `node:fs/promises` that are counted, and of the handles that `open` gives. */
const CALLS = ['open', 'link', 'unlink', 'rename', 'mkdir', 'rmdir', 'rm', 'lstat', 'readdir', 'realpath'] as const;
const HANDLE_CALLS = ['write', 'writeFile', 'read', 'sync', 'stat', 'close'] as const;

/** What becomes of the calls. */
export interface Fault {
  /** The call that fails, counted from 1. */
  readonly at: number;
  /** `once`: that call alone, as with a disk that is full for a moment. `ever after`: as if the process had ended there. */
  readonly how: 'once' | 'ever after';
  readonly code: 'ENOSPC' | 'EIO';
}

/** No call fails. */
export const NO_FAULT: Fault = { at: Number.POSITIVE_INFINITY, how: 'once', code: 'EIO' };

/**
 * Does work on a file system where one call, or all from one on, fail without having done anything.
 *
 * @returns how many calls there were, and whether one failed
 */
export async function withFault<T>(
  fault: Fault,
  work: () => Promise<T>,
): Promise<{ readonly calls: number; readonly failed: boolean; readonly result: PromiseSettledResult<T> }> {
  const real = { ...fs };
  let calls = 0;
  let failed = false;
  const count = (name: string): void => {
    calls += 1;
    if (fault.how === 'once' ? calls !== fault.at : calls < fault.at) return;
    failed = true;
    throw Object.assign(new Error(`${fault.code}: injected, ${name}`), { code: fault.code, syscall: name });
  };
  for (const name of CALLS) {
    Object.assign(fs, {
      [name]: async (...args: never[]) => {
        count(name);
        const result: unknown = await (real[name] as (...given: never[]) => Promise<unknown>)(...args);
        if (name === 'open') wrapHandle(result as fs.FileHandle, count);
        return result;
      },
    });
  }
  syncBuiltinESMExports();
  try {
    const [result] = await Promise.allSettled([work()]);
    return { calls, failed, result: result as PromiseSettledResult<T> };
  } finally {
    Object.assign(fs, real);
    syncBuiltinESMExports();
  }
}

function wrapHandle(handle: fs.FileHandle, count: (name: string) => void): void {
  for (const name of HANDLE_CALLS) {
    const method = (handle[name] as (...args: never[]) => Promise<unknown>).bind(handle);
    Object.assign(handle, {
      [name]: async (...args: never[]) => {
        // A descriptor is given back even where closing says that it failed.
        if (name === 'close') await method(...args);
        count(name);
        // Whether the disk has it cannot be tried here; waiting for it takes most of the time.
        return name === 'close' || name === 'sync' ? undefined : method(...args);
      },
    });
  }
}
