import { truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openArtefact } from '../../src/repository/artefact-reader.ts';
import { THREAD_BYTES } from '../../src/repository/read-in-thread.ts';
import { codeOf, folderOf, opening, sha256 } from './fixture.ts';

const content = Buffer.alloc(THREAD_BYTES + 12_345, 'a large model');
const open = (path: string, overrides: Parameters<typeof opening>[0] = {}) =>
  openArtefact(undefined, path, opening(overrides));
const pathOf = (): string => join(folderOf({ 'm.onnx': content }), 'm.onnx');

describe('a large file', () => {
  it('is read once, hashed on the way, into a buffer of its own', async () => {
    const progress: [number, number][] = [];
    const artefact = await open(pathOf(), { onProgress: (read, total) => progress.push([read, total]) });
    expect(artefact.size).toBe(content.length);
    expect(artefact.sha256).toBe(sha256(content));
    expect(Buffer.compare(artefact.bytes, content)).toBe(0);
    expect(artefact.bytes.buffer.byteLength).toBe(content.length);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.at(-1)).toEqual([content.length, content.length]);
  });

  it('leaves the event loop free: it turns many times while the file is hashed', async () => {
    let turns = 0;
    let reading = true;
    const turn = (): void => {
      turns += 1;
      if (reading) setImmediate(turn);
    };
    setImmediate(turn);
    await open(pathOf());
    reading = false;
    // Read here in pieces of one mebibyte it would have turned some hundred times.
    expect(turns).toBeGreaterThan(1_000);
  });

  it.each([
    ['shorter', (path: string) => truncateSync(path, 1_000)],
    ['another', (path: string) => utimesSync(path, new Date(), new Date(0))],
  ])('that becomes %s while it is read is refused', async (_, change) => {
    const path = pathOf();
    let changed = false;
    const onProgress = (): void => {
      if (!changed) change(path);
      changed = true;
    };
    expect(await codeOf(open(path, { onProgress }))).toBe('ML_ARTEFACT_CHANGED');
  });

  it('can be given up in the middle, and before', async () => {
    const path = pathOf();
    const abort = new AbortController();
    expect(await codeOf(open(path, { onProgress: () => abort.abort(), signal: abort.signal }))).toBe('ML_ABORTED');
    expect(await codeOf(open(path, { signal: abort.signal }))).toBe('ML_ABORTED');
  });
});
