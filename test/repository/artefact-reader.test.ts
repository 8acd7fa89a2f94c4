import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesArtefact, openArtefact } from '../../src/repository/artefact-reader.ts';
import { codeOf, folderOf, opening, put, sha256 } from './fixture.ts';

const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
const open = (path: string, overrides: Parameters<typeof opening>[0] = {}, root?: string) =>
  openArtefact(root, path, opening(overrides));

describe('a file', () => {
  it('is read once, hashed on the way, into a buffer of its own', async () => {
    const content = Buffer.alloc(3_500_000, 'model');
    const root = folderOf({ 'm.onnx': content });
    const progress: number[] = [];
    const artefact = await open(join(root, 'm.onnx'), { onProgress: (read, total) => progress.push(read / total) });
    expect(artefact).toMatchObject({
      kind: 'file',
      name: 'm.onnx',
      path: join(root, 'm.onnx'),
      size: content.length,
      entries: [],
    });
    expect(artefact.sha256).toBe(sha256(content));
    expect(Buffer.compare(artefact.bytes, content)).toBe(0);
    expect(artefact.bytes.buffer.byteLength).toBe(content.length);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.at(-1)).toBe(1);
  });

  it.each([
    ['an empty file', '', 'ML_ARTEFACT_EMPTY'],
    ['a Git LFS pointer', LFS, 'ML_ARTEFACT_LFS_POINTER'],
    ['an HTML page', '\n<!DOCTYPE html><html><body>404</body></html>', 'ML_ARTEFACT_HTML'],
    ['an HTML page with a byte-order mark', '\u{feff}<html lang="en">', 'ML_ARTEFACT_HTML'],
  ])('%s is refused', async (_, content, code) => {
    const root = folderOf({ 'm.onnx': content, 'model.onnx': 'x' });
    expect(await codeOf(open(join(root, 'm.onnx')))).toBe(code);
    expect(await codeOf((await open(join(root, 'model.onnx'))).read('m.onnx'))).toBe(code);
    expect(await codeOf(Promise.resolve().then(() => bytesArtefact('m.onnx', Buffer.from(content))))).toBe(code);
  });

  it('is refused where it is a FIFO, a device or a socket, without waiting', async () => {
    const root = folderOf();
    execFileSync('mkfifo', [join(root, 'pipe')]);
    symlinkSync('pipe', join(root, 'link'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    for (const path of [join(root, 'pipe'), join(root, 'link'), join(root, 'socket'), '/dev/zero', '/dev/null'])
      expect([path, await codeOf(open(path))]).toEqual([path, 'ML_ARTEFACT_NOT_A_FILE']);
    server.close();
  });

  it('is refused above the limit before memory is taken for it', async () => {
    const root = folderOf({ 'big.onnx': 'x' });
    truncateSync(join(root, 'big.onnx'), 2 ** 40);
    expect(await codeOf(open(join(root, 'big.onnx')))).toBe('ML_ARTEFACT_TOO_LARGE');
    expect(await codeOf(open(join(root, 'big.onnx'), { maxBytes: 2 ** 50 }))).toMatch(/^ML_ARTEFACT_/);
  });

  it('is missing, or not there for this user', async () => {
    expect(await codeOf(open('/nowhere/m.onnx'))).toBe('ML_ARTEFACT_MISSING');
    const root = folderOf({ file: 'x' });
    expect(await codeOf(open(join(root, 'file', 'm.onnx')))).toBe('ML_ARTEFACT_MISSING');
    symlinkSync('round', join(root, 'round'));
    expect(await codeOf(open(join(root, 'round')))).toBe('ML_ARTEFACT_ESCAPES');
  });

  it.each([
    ['grows', (path: string) => writeFileSync(path, 'more', { flag: 'a' })],
    ['shrinks', (path: string) => truncateSync(path, 1_500_000)],
    ['is written to', (path: string) => writeFileSync(path, 'y', { flag: 'r+' })],
  ])('is refused where it %s while it is read', async (_, change) => {
    const root = folderOf({ 'm.onnx': Buffer.alloc(5_000_000, 1) });
    const path = join(root, 'm.onnx');
    utimesSync(path, 1, 1);
    let changed = false;
    const onProgress = (): void => {
      if (!changed) change(path);
      changed = true;
    };
    expect(await codeOf(open(path, { onProgress }))).toBe('ML_ARTEFACT_CHANGED');
  });

  it('stops where its signal aborts', async () => {
    const root = folderOf({ 'm.onnx': Buffer.alloc(5_000_000, 1) });
    const abort = new AbortController();
    let last = 0;
    const onProgress = (read: number): void => {
      last = read;
      abort.abort();
    };
    expect(await codeOf(open(join(root, 'm.onnx'), { onProgress, signal: abort.signal }))).toBe('ML_ABORTED');
    expect(last).toBeLessThan(5_000_000);
  });

  it('may not lead out of the root', async () => {
    const outside = folderOf({ 'm.onnx': 'x' });
    const root = folderOf({ 'a.onnx': 'x' });
    symlinkSync(join(outside, 'm.onnx'), join(root, 'link.onnx'));
    symlinkSync('a.onnx', join(root, 'inside.onnx'));
    expect(await codeOf(open(join(root, 'link.onnx'), {}, root))).toBe('ML_ARTEFACT_ESCAPES');
    expect(await codeOf(open(join(root, '..', 'm.onnx'), {}, root))).toMatch(/ML_ARTEFACT_(ESCAPES|MISSING)/);
    expect(await codeOf(open(join(root, 'inside.onnx'), {}, root))).toBe('no error');
    expect(await codeOf(open(join(root, 'link.onnx')))).toBe('no error');
  });
});

describe('files beside it', () => {
  it('are read once, within the limit of the whole', async () => {
    const root = folderOf({ 'm.onnx': 'x', 'data/w.bin': Buffer.alloc(60, 1), 'v.bin': Buffer.alloc(60, 2) });
    const artefact = await open(join(root, 'm.onnx'), { maxBytes: 100 });
    const first = await artefact.read('data/w.bin');
    put(root, 'data/w.bin', 'other');
    expect(await artefact.read('data/w.bin')).toBe(first);
    expect(await codeOf(artefact.read('v.bin'))).toBe('ML_ARTEFACT_TOO_LARGE');
  });

  it.each([
    '../secret',
    'a/../../secret',
    '/etc/hostname',
    '..',
    'C:\\secret',
    '..\\secret',
    'file:///etc/hostname',
    'w\0.bin',
    '',
  ])('do not lie outside: %j', async (path) => {
    const root = folderOf({ 'models/m.onnx': 'x', secret: 'x' });
    expect(await codeOf((await open(join(root, 'models/m.onnx'))).read(path))).toBe('ML_ARTEFACT_ESCAPES');
  });

  it('do not lie outside through a link, but may lie in the store that the model is linked from', async () => {
    const root = folderOf({ 'store/abc': 'model', 'store/def': 'weights', 'other/secret': 'x' });
    mkdirSync(join(root, 'snapshot'));
    symlinkSync('../store/abc', join(root, 'snapshot/m.onnx'));
    symlinkSync('../store/def', join(root, 'snapshot/m.data'));
    symlinkSync('../other/secret', join(root, 'snapshot/secret'));
    const artefact = await open(join(root, 'snapshot/m.onnx'));
    expect(Buffer.from(await artefact.read('m.data')).toString()).toBe('weights');
    expect(await codeOf(artefact.read('secret'))).toBe('ML_ARTEFACT_ESCAPES');
    expect(await codeOf(artefact.read('none'))).toBe('ML_ARTEFACT_MISSING');
  });
});

describe('a directory', () => {
  it('has one digest over paths and contents', async () => {
    const root = folderOf({ 'm/b.bin': 'bb', 'm/a/c.bin': 'c', 'm/.DS_Store': 'x' });
    const artefact = await open(join(root, 'm'));
    const lines = [`a/c.bin\0${sha256('c')}\n`, `b.bin\0${sha256('bb')}\n`];
    expect(artefact).toMatchObject({
      kind: 'directory',
      size: 3,
      entries: ['a/c.bin', 'b.bin'],
      sha256: sha256(lines.join('')),
    });
    put(root, 'm/b.bin', 'later');
    expect(Buffer.from(await artefact.read('b.bin')).toString()).toBe('bb');
  });

  it('is refused where it is empty, too large, or has a FIFO or a link out', async () => {
    const root = folderOf({
      'big/a': Buffer.alloc(80),
      'big/b': Buffer.alloc(80),
      'pipe/a': 'x',
      'link/a': 'x',
      secret: 'x',
    });
    mkdirSync(join(root, 'empty'));
    execFileSync('mkfifo', [join(root, 'pipe/p')]);
    symlinkSync('../secret', join(root, 'link/s'));
    expect(await codeOf(open(join(root, 'empty')))).toBe('ML_ARTEFACT_EMPTY');
    expect(await codeOf(open(join(root, 'big'), { maxBytes: 100 }))).toBe('ML_ARTEFACT_TOO_LARGE');
    expect(await codeOf(open(join(root, 'pipe')))).toBe('ML_ARTEFACT_NOT_A_FILE');
    expect(await codeOf(open(join(root, 'link')))).toBe('ML_ARTEFACT_ESCAPES');
  });
});
