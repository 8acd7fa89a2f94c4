import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  backupModels,
  MLServiceError,
  MLServiceRegistry,
  pruneModels,
  publishModel,
  recoverModels,
  restoreModels,
} from '../../src/index.ts';
import { exists } from '../../src/internal/durable.ts';
import { type Fault, NO_FAULT, withFault } from './fault-fs.ts';
import { copyOf, emptyModels, endProcess, everythingIn, FIRST, SECOND, TWO_FILES, temporaryFolder } from './fixture.ts';

const NOT_OURS = /^\.base-ml-service\//;

/**
 * Every call fails once in its turn where `EVERY_CALL` is set (minutes); else every fifth, from another one on in each
 * test.
 */
const STEP = process.env['EVERY_CALL'] === undefined ? 5 : 1;

/** A command, tried with the n-th call to the file system failing, for every n. */
interface Trial {
  /** Folder to begin with; every try gets a copy. */
  readonly start: string;
  readonly run: (folder: string) => Promise<unknown>;
  /** What is there when the command has done its work. */
  readonly done: Readonly<Record<string, string>>;
}

async function forEveryCall({ how, code, first }: Disk, { start, run, done }: Trial): Promise<number> {
  const before = visible(await everythingIn(start));
  for (let at = first(); ; at += STEP) {
    const folder = await copyOf(start);
    const { failed, result } = await withFault({ at, how, code }, () => run(folder));
    if (!failed) {
      expect(visible(await everythingIn(folder))).toEqual(done);
      return at;
    }
    const label = `${how} ${code} at call ${at}`;
    if (result.status === 'rejected')
      expect(MLServiceError.isInstance(result.reason), `${label}: ${String(result.reason)}`).toBe(true);
    // A reader that comes now finds what was there or what is to be there, never anything else.
    const now = await recordsOf(folder);
    const allowed = [idsOf(before), idsOf(done)];
    for (const id of now)
      expect(
        allowed.some((ids) => ids.has(id)),
        `${label}: ${id} is seen`,
      ).toBe(true);
    await endProcess(folder);
    await withFault(NO_FAULT, () => recoverModels({ modelsDir: folder }));
    const after = visible(await everythingIn(folder));
    expect([before, done], label).toContainEqual(after);
    // Again, and it is done.
    if (JSON.stringify(after) === JSON.stringify(before)) await withFault(NO_FAULT, () => run(folder));
    expect(visible(await everythingIn(folder)), label).toEqual(done);
  }
}

/** Without what the library keeps for itself; nothing hidden may be left elsewhere. */
function visible(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([id]) => !NOT_OURS.test(id)));
}

function idsOf(files: Readonly<Record<string, string>>): Set<string> {
  return new Set(Object.keys(files).flatMap((id) => [id, id.slice(0, Math.max(0, id.lastIndexOf('/')))]));
}

/** Ids that readers see; each has its metadata, and its bytes are those that this speaks of. */
async function recordsOf(folder: string): Promise<string[]> {
  const registry = new MLServiceRegistry({ modelsDir: folder, verification: 'require', sidecar: 'off', env: {} });
  const records = await registry.models();
  for (const record of records) await registry.verify(record);
  await registry.close();
  return records.map(({ id }) => id);
}

/** What a models directory holds after a command that nothing disturbed. */
async function after(start: string, run: Trial['run']): Promise<Record<string, string>> {
  const folder = await copyOf(start);
  await run(folder);
  return visible(await everythingIn(folder));
}

const PUBLISHED_AT = { created_at: '2026-01-01T00:00:00Z' };

function publish(file: string, name: string, version: string): Trial['run'] {
  return (modelsDir) =>
    publishModel(file, { modelsDir, name, version, date: '20260101', metadata: PUBLISHED_AT, load: false });
}

async function twoVersions(): Promise<string> {
  const folder = await emptyModels();
  await publish(FIRST, 'tumor', 'v1')(folder);
  await publish(SECOND, 'tumor', 'v2')(folder);
  return folder;
}

/** How a file system fails, and from which call on that is tried. */
interface Disk extends Pick<Fault, 'how' | 'code'> {
  readonly first: () => number;
}

let tests = 0;
const first = (): number => 1 + (tests++ % STEP);

describe.each<Disk>([
  { how: 'once', code: 'ENOSPC', first },
  { how: 'once', code: 'EIO', first },
  { how: 'ever after', code: 'EIO', first },
])('a file system that fails $how ($code)', { timeout: 600_000 }, (disk) => {
  const { how, code } = disk;
  it('publishes all or nothing', async () => {
    const start = await twoVersions();
    const run = publish(TWO_FILES, 'graph', 'v1');
    expect(await forEveryCall(disk, { start, run, done: await after(start, run) })).toBeGreaterThan(40);
  });

  it('restores all or nothing, what is replaced included', async () => {
    const source = await twoVersions();
    const to = join(await temporaryFolder(), 'backup');
    await backupModels({ modelsDir: source, to });
    const start = await emptyModels();
    await publish(SECOND, 'tumor', 'v1')(start);
    const run: Trial['run'] = (modelsDir) => restoreModels({ modelsDir, from: to, replace: true });
    expect(await forEveryCall(disk, { start, run, done: visible(await everythingIn(source)) })).toBeGreaterThan(40);
  });

  it('prunes all or nothing', async () => {
    const start = await twoVersions();
    await publish(TWO_FILES, 'graph', 'v1')(start);
    await publish(TWO_FILES, 'graph', 'v2')(start);
    const run: Trial['run'] = (modelsDir) => pruneModels({ modelsDir, keep: 1, apply: true, env: {} });
    expect(await forEveryCall(disk, { start, run, done: await after(start, run) })).toBeGreaterThan(30);
  });

  it('backs up all or nothing', async () => {
    const modelsDir = await twoVersions();
    for (let at = first(); ; at += STEP) {
      const to = join(await temporaryFolder(), 'backup');
      const { failed, result } = await withFault({ at, how, code }, () => backupModels({ modelsDir, to }));
      const label = `${how} ${code} at call ${at}`;
      if (result.status === 'rejected')
        expect(MLServiceError.isInstance(result.reason), `${label}: ${String(result.reason)}`).toBe(true);
      if (failed) await endProcess(to);
      // Either there is no backup, or all of one.
      const restored = join(await temporaryFolder(), 'models');
      const { status } = await restoreModels({ modelsDir: restored, from: to }).then(
        () => ({ status: 'restored' }),
        (error: unknown) => ({ status: MLServiceError.isInstance(error) ? error.code : String(error) }),
      );
      expect(['restored', 'ML_BACKUP_MALFORMED'], label).toContain(status);
      if (status !== 'restored') {
        await withFault(NO_FAULT, () => backupModels({ modelsDir, to }));
        await withFault(NO_FAULT, () => restoreModels({ modelsDir: restored, from: to }));
      }
      expect(visible(await everythingIn(restored)), label).toEqual(visible(await everythingIn(modelsDir)));
      if (!failed) return;
    }
  });
});

describe('a change that was interrupted', () => {
  it('is hidden from readers and told as a problem until it is undone', async () => {
    const start = await twoVersions();
    let folder = start;
    for (let at = 1, begun = false; !begun; at += 1) {
      folder = await copyOf(start);
      await withFault({ at, how: 'ever after', code: 'EIO' }, () => publish(TWO_FILES, 'graph', 'v1')(folder));
      begun = await exists(join(folder, 'trained', 'graph_v1_20260101', 'model.onnx'));
    }
    const registry = new MLServiceRegistry({ modelsDir: folder, sidecar: 'off', env: {} });
    expect((await registry.models()).map(({ name }) => name)).not.toContain('graph');
    expect((await registry.problems()).map(({ code }) => code)).toEqual(['ML_PUBLISH_INTERRUPTED']);
    await endProcess(folder);
    expect((await recoverModels({ modelsDir: folder })).undone).toContain('trained/graph_v1_20260101');
    registry.refresh();
    expect(await registry.problems()).toEqual([]);
    await registry.close();
  });

  it('never follows a journal out of the directory', async () => {
    const folder = await twoVersions();
    const victim = join(folder, '..', 'victim');
    await writeFile(victim, 'stays');
    const step = { id: '../victim', kind: 'create', staged: 'trained/.staging/x/0' };
    await writeFile(
      join(folder, '.base-ml-service', 'journal.json'),
      JSON.stringify({ format: 1, sequence: 9, token: 'x', moving: ['a'], steps: [step], folders: [] }),
    );
    await expect(recoverModels({ modelsDir: folder })).rejects.toMatchObject({ code: 'ML_PUBLISH_FAILED' });
    expect(await readFile(victim, 'utf8')).toBe('stays');
  });
});
