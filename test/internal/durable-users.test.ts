import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decryptBytes } from '../../src/access/encryption/decrypt-bytes.ts';
import { encryptModel, MLServiceError, type ModelsLock } from '../../src/index.ts';
import { LockFile } from '../../src/integrity/lock-file.ts';
import { type Fault, NO_FAULT, withFault } from '../publishing/fault-fs.ts';
import { copyOf, FIRST, temporaryFolder } from '../publishing/fixture.ts';

const KEY = randomBytes(32);
const encryption = { key: () => KEY };
const DISKS: readonly Omit<Fault, 'at'>[] = [
  { how: 'once', code: 'ENOSPC' },
  { how: 'once', code: 'EIO' },
  { how: 'ever after', code: 'EIO' },
];

/** Everything in a folder but the files of a writer that was cut off, which are hidden and temporary. */
async function finished(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !/^\..*\.tmp$/.test(name)).sort();
}

const isTyped = (result: PromiseSettledResult<unknown>): boolean =>
  result.status === 'fulfilled' || MLServiceError.isInstance(result.reason);

describe.each(DISKS)('a file system that fails $how ($code), at every call in turn', ({ how, code }) => {
  it('leaves an encrypted file whole or not at all', async () => {
    const plain = await readFile(FIRST);
    // Its code is imported before calls are counted.
    await encryptModel(FIRST, join(await temporaryFolder(), 'first.enc'), { key: KEY, keyId: 'team' });
    for (let at = 1; ; at++) {
      const folder = await temporaryFolder();
      const output = join(folder, 'model.onnx.enc');
      const encrypt = (): Promise<unknown> => encryptModel(FIRST, output, { key: KEY, keyId: 'team' });
      const { failed, result } = await withFault({ at, how, code }, encrypt);
      const there = await finished(folder);
      expect(isTyped(result), String(at)).toBe(true);
      if (there.length > 0) {
        expect(there).toEqual(['model.onnx.enc']);
        const bytes = await decryptBytes(await readFile(output), output, encryption);
        expect(Buffer.compare(bytes, plain)).toBe(0);
      } else {
        expect(result).toMatchObject({ status: 'rejected' });
        if (how === 'once') expect(await readdir(folder), String(at)).toEqual([]);
        await withFault(NO_FAULT, encrypt);
        expect(await finished(folder)).toEqual(['model.onnx.enc']);
      }
      if (!failed) return expect(at).toBeGreaterThan(10);
    }
  });

  it('leaves the lock that was there, or the new one', async () => {
    const lockOf = (sha256: string): ModelsLock => ({
      lockVersion: 1,
      models: {},
      files: { 'a.txt': { bytes: 1, sha256 } },
    });
    const start = await temporaryFolder();
    await new LockFile(join(start, 'lock.json')).write(lockOf('0'.repeat(64)));
    const before = await readFile(join(start, 'lock.json'), 'utf8');
    const next = await copyOf(start);
    await new LockFile(join(next, 'lock.json')).write(lockOf('1'.repeat(64)));
    const after = await readFile(join(next, 'lock.json'), 'utf8');
    expect(after).not.toBe(before);
    for (let at = 1; ; at++) {
      const folder = await copyOf(start);
      const lockFile = join(folder, 'lock.json');
      const write = (): Promise<unknown> => new LockFile(lockFile).write(lockOf('1'.repeat(64)));
      const { failed, result } = await withFault({ at, how, code }, write);
      const now = await readFile(lockFile, 'utf8');
      expect([before, after], String(at)).toContain(now);
      expect(isTyped(result), String(at)).toBe(true);
      if (result.status === 'fulfilled') expect(now).toBe(after);
      if (how === 'once') expect(await readdir(folder), String(at)).toEqual(['lock.json']);
      if (!failed) return expect(at).toBeGreaterThan(8);
    }
  });

  it('makes the folder of a lock, or writes none', async () => {
    const lock: ModelsLock = { lockVersion: 1, models: {}, files: {} };
    for (let at = 1; ; at++) {
      const folder = await temporaryFolder();
      const path = join(folder, 'deep', 'down', 'lock.json');
      const { failed, result } = await withFault({ at, how, code }, () => new LockFile(path).write(lock));
      expect(isTyped(result), String(at)).toBe(true);
      await withFault(NO_FAULT, () => new LockFile(path).write(lock));
      expect(await new LockFile(path).read()).toEqual(lock);
      if (!failed) return expect(at).toBeGreaterThan(15);
    }
  });
});
