import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSlices } from '../../src/repository/open-slices.ts';

const content = randomBytes(100_000);
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slices-'));
  path = join(folder, 'file');
  await writeFile(path, content);
});
afterEach(() => rm(folder, { recursive: true }));

describe('a file that stays open', () => {
  it('gives the bytes that are asked for', async () => {
    const file = await openSlices(path);
    expect(file.size).toBe(content.length);
    expect(Buffer.from(await file.read(1_000, 50)).equals(content.subarray(1_000, 1_050))).toBe(true);
    expect(await file.read(content.length, 0)).toHaveLength(0);
    await file.close();
  });

  it('refuses what lies behind its end, before allocating', async () => {
    const file = await openSlices(path);
    await expect(file.read(99_999, 2)).rejects.toMatchObject({ code: 'ML_FORMAT_TRUNCATED' });
    await expect(file.read(0, 2 ** 50)).rejects.toMatchObject({ code: 'ML_FORMAT_TRUNCATED' });
    await file.close();
  });

  it('streams its digest once per algorithm', async () => {
    const file = await openSlices(path);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(await file.digest('sha256')).toBe(sha256);
    expect(file.digest('sha256')).toBe(file.digest('sha256'));
    expect(await file.digest('sha512')).toBe(createHash('sha512').update(content).digest('hex'));
    await file.close();
  });

  it('can be asked again for a digest that was aborted', async () => {
    const file = await openSlices(path);
    await expect(file.digest('sha256', AbortSignal.abort())).rejects.toMatchObject({ code: 'ML_ABORTED' });
    expect(await file.digest('sha256')).toMatch(/^[0-9a-f]{64}$/);
    await file.close();
  });

  it.each<[string, () => Promise<void>]>([
    ['is written', () => writeFile(path, 'other')],
    ['is truncated', () => truncate(path, 10)],
    ['is touched', () => utimes(path, new Date(0), new Date(0))],
  ])('notices that it %s', async (_, change) => {
    const file = await openSlices(path);
    await change();
    await expect(file.read(0, 1)).rejects.toMatchObject({ code: 'ML_ARTEFACT_CHANGED' });
    await expect(file.digest('sha256')).rejects.toMatchObject({ code: 'ML_ARTEFACT_CHANGED' });
    await file.close();
  });

  it('is still the old file where another one took its name', async () => {
    const file = await openSlices(path);
    await writeFile(join(folder, 'new'), 'other');
    await rename(join(folder, 'new'), path);
    // Losing its name changed its ctime, and nothing of its content: swapping by rename must not hurt who reads it.
    expect(Buffer.from(await file.read(0, 10)).equals(content.subarray(0, 10))).toBe(true);
    await file.close();
  });

  it('closes once, and then reads nothing', async () => {
    const file = await openSlices(path);
    await file.close();
    await file.close();
    await expect(file.read(0, 1)).rejects.toMatchObject({ code: 'ML_ARTEFACT_UNREADABLE' });
  });

  it('does not open what is no file', async () => {
    await expect(openSlices(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'ML_ARTEFACT_MISSING' });
    await expect(openSlices(folder)).rejects.toMatchObject({ code: 'ML_ARTEFACT_CHANGED' });
  });
});
