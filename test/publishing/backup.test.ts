import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { describe, expect, it } from 'vitest';
import { backupModels, publishModel, restoreModels } from '../../src/index.ts';
import {
  copyOf,
  emptyModels,
  everythingIn,
  FIRST,
  MODELS,
  SECOND,
  temporaryFolder,
  TWO_FILES,
  whatLoads,
} from './fixture.ts';

/** Three versions of two models, one of them of two files, and what lies beside them. */
async function someModels(): Promise<string> {
  const modelsDir = await emptyModels();
  const options = { modelsDir, date: '20260101', load: false };
  await publishModel(FIRST, {
    ...options,
    name: 'tumor',
    version: 'v1',
    trainingScript: join(MODELS, 'training', 'tumor.py'),
  });
  await publishModel(SECOND, { ...options, name: 'tumor', version: 'v2' });
  await publishModel(TWO_FILES, { ...options, name: 'graph', version: 'v1' });
  await writeFile(join(modelsDir, 'README.md'), '# Models\n');
  await mkdir(join(modelsDir, 'samples'));
  await writeFile(join(modelsDir, 'samples', 'tumor.json'), '[]');
  return modelsDir;
}

async function contentOf(folder: string): Promise<Record<string, string>> {
  const files = Object.entries(await everythingIn(folder));
  return Object.fromEntries(files.filter(([id]) => !id.startsWith('.base-ml-service/')));
}

describe.each([
  ['a directory', 'backup'],
  ['an archive', 'backup.tar'],
  ['a compressed archive', 'backup.tgz'],
])('a backup in %s', (_what, name) => {
  it('gives back everything, whatever there was of it', async () => {
    const modelsDir = await someModels();
    const to = join(await temporaryFolder(), name);
    const made = await backupModels({ modelsDir, to });
    expect(made).toMatchObject({ models: 3, verified: 3, files: 10, problems: [] });
    const target = join(await temporaryFolder(), 'deep', 'models');
    const restored = await restoreModels({ modelsDir: target, from: to });
    expect(restored).toMatchObject({ backup: made.id, replaced: [], same: [], dryRun: false });
    expect(await contentOf(target)).toEqual(await contentOf(modelsDir));
    expect(await whatLoads(target)).toEqual(await whatLoads(modelsDir));
    // What was lost comes back; what is there stays untouched.
    await rm(join(target, 'trained', 'tumor_v1_20260101.pkl'));
    const again = await restoreModels({ modelsDir: target, from: to });
    expect(again.added).toEqual(['trained/tumor_v1_20260101.pkl']);
    expect(again.same).toHaveLength(9);
    expect(await contentOf(target)).toEqual(await contentOf(modelsDir));
  });

  it('is compared to its end before anything is replaced', async () => {
    const modelsDir = await someModels();
    const to = join(await temporaryFolder(), name);
    await backupModels({ modelsDir, to });
    await damage(to);
    const target = await copyOf(modelsDir);
    await rm(join(target, 'trained', 'tumor_v2_20260101.pkl'));
    const before = await contentOf(target);
    for (const dryRun of [true, false])
      await expect(restoreModels({ modelsDir: target, from: to, dryRun })).rejects.toMatchObject({
        code: 'ML_BACKUP_MALFORMED',
      });
    expect(await contentOf(target)).toEqual(before);
  });

  it('restores one version with its metadata and training script', async () => {
    const modelsDir = await someModels();
    const to = join(await temporaryFolder(), name);
    await backupModels({ modelsDir, to });
    const target = join(await temporaryFolder(), 'models');
    const restored = await restoreModels({ modelsDir: target, from: to, only: ['tumor@v1', 'graph'] });
    expect(restored.added).toEqual([
      'metadata/graph_v1_20260101.json',
      'metadata/tumor_v1_20260101.json',
      'trained/graph_v1_20260101/ext.onnx.data',
      'trained/graph_v1_20260101/model.onnx',
      'trained/tumor_v1_20260101.pkl',
      'training/tumor_v1_20260101/tumor.py',
    ]);
    await expect(restoreModels({ modelsDir: target, from: to, only: ['tumor@v9'] })).rejects.toMatchObject({
      code: 'ML_MODEL_NOT_FOUND',
    });
  });

  it('replaces files that differ only where it is told to', async () => {
    const modelsDir = await someModels();
    const to = join(await temporaryFolder(), name);
    await backupModels({ modelsDir, to });
    const target = await emptyModels();
    await publishModel(SECOND, { modelsDir: target, name: 'tumor', version: 'v1', date: '20260101' });
    await publishModel(SECOND, { modelsDir: target, name: 'other', version: 'v1', date: '20260101' });
    const before = await contentOf(target);
    await expect(restoreModels({ modelsDir: target, from: to })).rejects.toMatchObject({
      code: 'ML_BACKUP_CONFLICT',
      details: { conflicts: ['metadata/tumor_v1_20260101.json', 'trained/tumor_v1_20260101.pkl'] },
    });
    expect(await contentOf(target)).toEqual(before);
    expect((await restoreModels({ modelsDir: target, from: to, replace: true, dryRun: true })).replaced).toHaveLength(
      2,
    );
    expect(await contentOf(target)).toEqual(before);
    await restoreModels({ modelsDir: target, from: to, replace: true });
    expect(await contentOf(target)).toMatchObject(await contentOf(modelsDir));
    expect(Object.keys(await whatLoads(target))).toContain('trained/other_v1_20260101.pkl');
  });
});

describe('backupModels', () => {
  it('adds only what is new to a directory, and restores any backup in it', async () => {
    const modelsDir = await someModels();
    const to = join(await temporaryFolder(), 'backup');
    const first = await backupModels({ modelsDir, to });
    const before = await contentOf(modelsDir);
    expect(await backupModels({ modelsDir, to })).toMatchObject({ newBlobs: 0, newBytes: 0 });
    await publishModel(FIRST, { modelsDir, name: 'tumor', version: 'v3', date: '20260101', load: false });
    // The same bytes as v1: only the metadata is new.
    expect(await backupModels({ modelsDir, to })).toMatchObject({ newBlobs: 1, models: 4 });
    const target = join(await temporaryFolder(), 'models');
    await restoreModels({ modelsDir: target, from: to });
    expect(await contentOf(target)).toEqual(await contentOf(modelsDir));
    const old = join(await temporaryFolder(), 'models');
    await restoreModels({ modelsDir: old, from: to, backup: first.id });
    expect(await contentOf(old)).toEqual(before);
  });

  it('is not made of files that are not as their metadata says, and lists all of them', async () => {
    const modelsDir = await someModels();
    const to = join(await temporaryFolder(), 'backup');
    await writeFile(join(modelsDir, 'trained', 'tumor_v2_20260101.pkl'), 'other');
    await writeFile(join(modelsDir, 'trained', 'graph_v1_20260101', 'ext.onnx.data'), 'other');
    await writeFile(
      join(modelsDir, 'trained', 'lfs_v1.pkl'),
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
    );
    const error = await backupModels({ modelsDir, to }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ML_BACKUP_REFUSED' });
    const { refused } = (error as { readonly details: { readonly refused: readonly { id: string; code: string }[] } })
      .details;
    expect(Object.fromEntries(refused.map(({ id, code }) => [id, code]))).toEqual({
      'trained/graph_v1_20260101/ext.onnx.data': 'ML_CHECKSUM_MISMATCH',
      'trained/lfs_v1.pkl': 'ML_ARTEFACT_LFS_POINTER',
      'trained/tumor_v2_20260101.pkl': 'ML_SIZE_MISMATCH',
    });
    await expect(restoreModels({ modelsDir: join(to, 'x'), from: to })).rejects.toMatchObject({
      code: 'ML_BACKUP_MALFORMED',
    });
  });

  it('backs up the sample models of this repository', async () => {
    const to = join(await temporaryFolder(), 'backup.tar.gz');
    const made = await backupModels({ modelsDir: MODELS, to });
    expect(made.problems).toEqual([]);
    const target = join(await temporaryFolder(), 'models');
    await restoreModels({ modelsDir: target, from: to });
    const there = await contentOf(target);
    for (const [id, sha256] of Object.entries(await contentOf(MODELS)))
      if (!/(^|\/)\.|__pycache__/.test(id)) expect([id, there[id]]).toEqual([id, sha256]);
  });

  it('shows one moment of a directory that is published to', { timeout: 60_000 }, async () => {
    const modelsDir = await emptyModels();
    const stop = new AbortController();
    const publishing = (async () => {
      for (let i = 1; !stop.signal.aborted; i += 1) {
        const file = i % 3 === 0 ? TWO_FILES : i % 2 === 0 ? FIRST : SECOND;
        await publishModel(file, { modelsDir, name: `m${i}`, version: 'v1', date: '20260101', load: false });
      }
    })();
    try {
      for (let i = 0; i < 10; i += 1) {
        const to = join(await temporaryFolder(), 'backup');
        const { models } = await backupModels({ modelsDir, to });
        const target = join(await temporaryFolder(), 'models');
        await restoreModels({ modelsDir: target, from: to });
        const loaded = await whatLoads(target);
        expect(Object.keys(loaded)).toHaveLength(models);
      }
    } finally {
      stop.abort();
      await publishing;
    }
  });

  it('lies outside of the models, and overwrites no file', async () => {
    const modelsDir = await someModels();
    await expect(backupModels({ modelsDir, to: join(modelsDir, 'backup') })).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
    });
    const to = join(await temporaryFolder(), 'backup.tar');
    await writeFile(to, 'mine');
    await expect(backupModels({ modelsDir, to })).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
    expect(await readFile(to, 'utf8')).toBe('mine');
  });
});

describe('restoreModels', () => {
  const attack = (): Promise<{ readonly entries: Entry[]; readonly target: string }> => anArchive();

  it('takes an archive of ours', async () => {
    const { entries, target } = await attack();
    await restoreModels({ modelsDir: target, from: await writeArchive(entries) });
    expect(Object.keys(await contentOf(target)).length).toBe(2);
  });

  it.each<[string, (entries: Entry[]) => Entry[]]>([
    [
      'a link',
      (entries) => [...entries, { path: 'blobs/x', type: 'SymbolicLink', linkpath: '/etc/passwd', content: '' }],
    ],
    ['a hard link', (entries) => [...entries, { path: 'blobs/x', type: 'Link', linkpath: '/etc/passwd', content: '' }]],
    ['a device', (entries) => [...entries, { path: 'blobs/x', type: 'CharacterDevice', content: '' }]],
    ['a FIFO', (entries) => [...entries, { path: 'blobs/x', type: 'FIFO', content: '' }]],
    ['a folder', (entries) => [...entries, { path: 'blobs/x/', type: 'Directory', content: '' }]],
    ['a path outside', (entries) => [...entries, { path: '../../evil', type: 'File', content: 'x' }]],
    ['an absolute path', (entries) => [...entries, { path: '/tmp/evil', type: 'File', content: 'x' }]],
    ['an entry that comes twice', ([manifest, blob, ...others]) => [manifest, blob, blob, ...others] as Entry[]],
    ['a content too few', (entries) => entries.slice(0, -1)],
    ['no manifest', (entries) => entries.slice(1)],
    ['a manifest at the end', ([manifest, ...others]) => [...others, manifest] as Entry[]],
    [
      'other content',
      ([manifest, blob, ...others]) =>
        [manifest, { ...blob, content: 'x'.repeat(blob?.content.length ?? 0) }, ...others] as Entry[],
    ],
    [
      'more content than is stated',
      ([manifest, blob, ...others]) => [manifest, { ...blob, content: 'x'.repeat(1 << 20) }, ...others] as Entry[],
    ],
    [
      'a path outside in the manifest',
      (entries) => changed(entries, (files) => (files[0] = { ...files[0], path: '../evil' })),
    ],
    [
      'an absolute path in the manifest',
      (entries) => changed(entries, (files) => (files[0] = { ...files[0], path: '/tmp/evil' })),
    ],
    [
      'a path of Windows in the manifest',
      (entries) => changed(entries, (files) => (files[0] = { ...files[0], path: 'C:\\evil' })),
    ],
    [
      "the library's own folder in the manifest",
      (entries) => changed(entries, (files) => (files[0] = { ...files[0], path: '.base-ml-service/journal.json' })),
    ],
    ['one path twice in the manifest', (entries) => changed(entries, (files) => files.push({ ...files[0] }))],
    [
      'a file below a file in the manifest',
      (entries) => changed(entries, (files) => files.push({ ...files[0], path: `${String(files[0]?.['path'])}/x` })),
    ],
    [
      'a manifest that was edited',
      ([manifest, ...others]) =>
        [
          { ...manifest, content: (manifest?.content ?? '').replace('"name": "tumor"', '"name": "rumot"') },
          ...others,
        ] as Entry[],
    ],
    [
      'a content larger than any model',
      (entries) => changed(entries, (files) => (files[0] = { ...files[0], size: 2 ** 40 })),
    ],
  ])('refuses %s', async (_what, change) => {
    const { entries, target } = await attack();
    for (const name of ['x.tar', 'x.tgz']) {
      const from = await writeArchive(change(entries), name);
      await expect(restoreModels({ modelsDir: target, from })).rejects.toMatchObject({ code: 'ML_BACKUP_MALFORMED' });
    }
    expect(await contentOf(target)).toEqual({});
    expect(await readdir(dirname(target))).toEqual(['models']);
  });

  it('refuses what is cut off, damaged or no archive', async () => {
    const { entries, target } = await attack();
    const whole = gzipSync(tarOf(entries));
    for (const bytes of [
      whole.subarray(0, whole.length / 2),
      tarOf(entries).subarray(0, 3_000),
      Buffer.concat([whole.subarray(0, 100), Buffer.alloc(200, 1), whole.subarray(300)]),
      Buffer.from('no archive at all'),
      Buffer.alloc(10_000),
      Buffer.alloc(0),
      gzipSync(Buffer.alloc(300 * 2 ** 20)),
      gzipSync(whole),
    ]) {
      const from = join(await temporaryFolder(), 'x.tar');
      await writeFile(from, bytes);
      await expect(restoreModels({ modelsDir: target, from })).rejects.toMatchObject({ code: 'ML_BACKUP_MALFORMED' });
    }
    await expect(restoreModels({ modelsDir: target, from: join(target, 'nowhere') })).rejects.toMatchObject({
      code: 'ML_BACKUP_MALFORMED',
    });
    expect(await contentOf(target)).toEqual({});
  });

  it('gives back contents that compress very well', async () => {
    const modelsDir = await emptyModels();
    // More than a thousand to one: what decompression of the tar package refuses.
    await writeFile(join(modelsDir, 'trained', 'zeros_v1.bin.pkl'), Buffer.alloc(8 * 2 ** 20));
    const to = join(await temporaryFolder(), 'backup.tgz');
    await backupModels({ modelsDir, to });
    const target = join(await temporaryFolder(), 'models');
    await restoreModels({ modelsDir: target, from: to });
    expect(await contentOf(target)).toEqual(await contentOf(modelsDir));
  });

  it('follows no link that leads out of the directory', async () => {
    const { entries, target } = await attack();
    const outside = await temporaryFolder();
    await symlink(outside, join(target, 'trained'));
    const from = await writeArchive(entries);
    await expect(restoreModels({ modelsDir: target, from, replace: true })).rejects.toMatchObject({
      code: 'ML_ARTEFACT_ESCAPES',
    });
    expect(await readdir(outside)).toEqual([]);
  });

  it('follows no link in a backup directory', async () => {
    const modelsDir = await someModels();
    const to = join(await temporaryFolder(), 'backup');
    await backupModels({ modelsDir, to });
    const blob = Object.keys(await everythingIn(to)).find((id) => id.startsWith('blobs/')) ?? '';
    await rm(join(to, blob));
    await symlink('/etc/hostname', join(to, blob));
    await expect(restoreModels({ modelsDir: join(to, 'x'), from: to })).rejects.toMatchObject({
      code: 'ML_BACKUP_MALFORMED',
    });
  });
});

interface Entry {
  readonly path: string;
  readonly type: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'FIFO' | 'Directory';
  readonly linkpath?: string;
  readonly content: string;
}

/** The entries of an archive with one model, and an empty place to restore it to. */
async function anArchive(): Promise<{ readonly entries: Entry[]; readonly target: string }> {
  const modelsDir = await emptyModels();
  await publishModel(FIRST, { modelsDir, name: 'tumor', version: 'v1', date: '20260101', load: false });
  const to = join(await temporaryFolder(), 'backup.tgz');
  await backupModels({ modelsDir, to });
  const bytes = gunzipSync(await readFile(to));
  const entries: Entry[] = [];
  for (let at = 0; bytes[at] !== 0; ) {
    const { path = '', size = 0 } = new Header(bytes, at);
    entries.push({ path, type: 'File', content: bytes.toString('latin1', at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  const target = join(await temporaryFolder(), 'models');
  await mkdir(target);
  return { entries, target };
}

function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, type, linkpath, content }) => {
    const body = Buffer.from(content, 'latin1');
    const head = Buffer.alloc(512);
    new Header({
      path,
      type,
      size: body.length,
      mode: 0o644,
      mtime: new Date(0),
      ...(linkpath !== undefined && { linkpath }),
    }).encode(head);
    return [head, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

async function writeArchive(entries: readonly Entry[], name = 'x.tar'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, name.endsWith('gz') ? gzipSync(tarOf(entries)) : tarOf(entries));
  return path;
}

/** The manifest with other files, and a digest that agrees: what an attacker can write. */
function changed(entries: readonly Entry[], change: (files: Record<string, unknown>[]) => unknown): Entry[] {
  const [manifest, ...others] = entries;
  const { digest: _digest, ...document } = JSON.parse(manifest?.content ?? '') as {
    readonly digest: string;
    readonly files: Record<string, unknown>[];
  };
  change(document.files);
  const digest = `sha256:${createHash('sha256').update(JSON.stringify(document)).digest('hex')}`;
  return [{ path: manifest?.path ?? '', type: 'File', content: JSON.stringify({ ...document, digest }) }, ...others];
}

/** Changes a byte of a content. */
async function damage(backup: string): Promise<void> {
  const blobs = Object.keys(await everythingIn(backup).catch(() => ({}))).filter((id) => id.startsWith('blobs/'));
  if (blobs.length > 0) {
    for (const blob of blobs) {
      const bytes = await readFile(join(backup, blob));
      if (bytes.length < 60_000) continue;
      bytes[1_000] = (bytes[1_000] ?? 0) ^ 1;
      await writeFile(join(backup, blob), bytes);
    }
    return;
  }
  const isCompressed = backup.endsWith('gz');
  const bytes = isCompressed ? gunzipSync(await readFile(backup)) : await readFile(backup);
  // Near the end, where the contents are.
  const at = bytes.length - 60_000;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(backup, isCompressed ? gzipSync(bytes) : bytes);
}
