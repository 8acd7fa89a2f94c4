import { existsSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withProcessLock } from '../../src/sidecar/process-lock.ts';
import { temporaryFolder } from './temporary-folder.ts';

const options = (change: object = {}) => ({
  signal: new AbortController().signal,
  timeoutMs: 20_000,
  onWait: () => undefined,
  ...change,
});

describe('a lock between processes', () => {
  it('lets one work at a time, and is gone afterwards', async () => {
    const path = join(await temporaryFolder(), 'deep', 'lock');
    let inside = 0;
    const waited: string[] = [];
    const work = async (): Promise<number> => {
      inside += 1;
      expect(inside).toBe(1);
      await pause(30);
      inside -= 1;
      return 7;
    };
    const onWait = (holder: string): void => void waited.push(holder);
    const results = [1, 2, 3].map(() => withProcessLock(path, options({ onWait }), work));
    expect(await Promise.all(results)).toEqual([7, 7, 7]);
    expect(waited.length).toBeGreaterThan(0);
    await expect(withProcessLock(path, options(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });

  it('of a process that died is taken over', async () => {
    const path = join(await temporaryFolder(), 'lock');
    await writeFile(path, `${hostname()} 999999999 x`);
    expect(await withProcessLock(path, options(), () => readFile(path, 'utf8'))).toContain(` ${process.pid} `);
    // Of another machine nothing is known but that it lets nothing hear of itself.
    await writeFile(path, 'elsewhere 1 x');
    await utimes(path, 1000, 1000);
    expect(await withProcessLock(path, options(), () => Promise.resolve(1))).toBe(1);
  });

  it('of one that lives is waited for, so long and no longer', async () => {
    const path = join(await temporaryFolder(), 'lock');
    await writeFile(path, `${hostname()} ${process.pid} x`);
    await expect(withProcessLock(path, options({ timeoutMs: 1 }), () => Promise.resolve())).rejects.toMatchObject({
      code: 'ML_SIDECAR_TIMEOUT',
    });
    expect(existsSync(path)).toBe(true);
  });
});
