import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { filePermissionsOn, whoElseWrites } from '../../src/access/file-permissions.ts';
import { loadModel, MLServiceRegistry, type RegistryOptions } from '../../src/index.ts';
import { createFakeModel, createMockLoader } from '../../src/testing/index.ts';
import { codeOf, folderOf } from '../repository/fixture.ts';

// Modes count whoever runs the tests: root may write everywhere, and the mode still says who else may.
const ID = 'trained/deep/fraud_v1.mock';
const loaders = [createMockLoader({ model: () => createFakeModel({ predict: [1] }) })];
const OTHER_GROUP = 54_321;

function models(modes: Readonly<Record<string, number>>): string {
  const root = folderOf({ [ID]: 'x', 'metadata/fraud_v1.json': { name: 'fraud', version: '1.0.0' } });
  for (const path of ['', 'trained', 'trained/deep', 'metadata']) chmodSync(join(root, path), 0o755);
  for (const path of [ID, 'metadata/fraud_v1.json']) chmodSync(join(root, path), 0o644);
  for (const [path, mode] of Object.entries(modes)) chmodSync(join(root, path), mode);
  return root;
}

interface Outcome {
  readonly code: unknown;
  readonly warned: readonly string[];
  readonly problems: readonly string[];
}

async function load(root: string, options: RegistryOptions = {}): Promise<Outcome> {
  const registry = new MLServiceRegistry({ env: {}, modelsDir: root, loaders, ...options });
  const warned: string[] = [];
  registry.on('model:warning', ({ code, message }) => warned.push(`${code}: ${message.slice(root.length)}`));
  const code = await codeOf(registry.load('fraud'));
  const problems = (await registry.problems()).map(({ id, code: problem }) => `${problem} ${id}`);
  await registry.close();
  return { code, warned, problems };
}

const CLEAN = { code: 'no error', warned: [], problems: [] };

describe('of a models directory', () => {
  it('that only its owner may write to, there is nothing to say', async () => {
    expect(await load(models({}), { filePermissions: 'error' })).toEqual(CLEAN);
  });

  it.each([
    ['the file', ID, 0o646],
    ['its folder', 'trained/deep', 0o757],
    ['a folder above it', 'trained', 0o777],
    ['the models directory', '', 0o777],
    // With the checksums in it.
    ['the folder of metadata', 'metadata', 0o777],
    // Files could be added, and found as a higher version.
    ['a folder like /tmp', 'trained', 0o1777],
  ])('%s open to all is a warning, or an error', async (_, path, mode) => {
    const root = models({ [path]: mode });
    const warned = `file-permissions: ${path === '' ? '' : `/${path}`}: every user may write to it (mode ${mode.toString(8).padStart(4, '0')}); take the permission away: chmod go-w`;
    const problems = [`ML_ARTEFACT_PERMISSIONS ${path === '' ? '.' : path}`];
    expect(await load(root)).toEqual({ code: 'no error', warned: [warned], problems });
    expect(await load(root, { filePermissions: 'error' })).toEqual({
      code: 'ML_ARTEFACT_PERMISSIONS',
      warned: [],
      problems,
    });
    expect(await load(root, { filePermissions: 'off' })).toEqual(CLEAN);
  });

  it.runIf(process.getuid?.() === 0)('a group that this process is not in is others', async () => {
    const root = models({ [ID]: 0o664 });
    expect(await load(root)).toEqual(CLEAN);
    chownSync(join(root, ID), 0, OTHER_GROUP);
    expect((await load(root)).warned).toEqual([
      `file-permissions: /${ID}: group ${OTHER_GROUP} may write to it (mode 0664); take the permission away: chmod go-w`,
    ]);
  });

  it('a link is judged by where it lies and by what it leads to', async () => {
    const root = models({});
    mkdirSync(join(root, '.store'), { mode: 0o755 });
    chmodSync(join(root, '.store'), 0o777);
    rmSync(join(root, ID));
    symlinkSync('../../.store/blob', join(root, ID));
    writeFileSync(join(root, '.store/blob'), 'x');
    chmodSync(join(root, '.store/blob'), 0o644);
    expect((await load(root)).warned).toEqual([expect.stringMatching(/^file-permissions: \/\.store: every user/)]);
    chmodSync(join(root, '.store'), 0o755);
    chmodSync(join(root, 'trained/deep'), 0o777);
    expect((await load(root)).warned).toEqual([expect.stringMatching(/^file-permissions: \/trained\/deep: every/)]);
  });

  it('a folder that is a model is judged with all that is in it', async () => {
    const root = folderOf({ 'trained/net_v1/model.json': '{"a":1}', 'trained/net_v1/w/part.bin': 'x' });
    for (const path of ['', 'trained', 'trained/net_v1', 'trained/net_v1/w']) chmodSync(join(root, path), 0o755);
    for (const path of ['trained/net_v1/model.json', 'trained/net_v1/w/part.bin']) chmodSync(join(root, path), 0o644);
    const own = createMockLoader({ formats: ['json'] });
    const warnings = async (): Promise<string[]> => {
      const registry = new MLServiceRegistry({ env: {}, modelsDir: root, loaders: [own] });
      const warned: string[] = [];
      registry.on('model:warning', ({ code, message }) => {
        if (code === 'file-permissions') warned.push(message.slice(root.length).split(':')[0] ?? '');
      });
      await registry.load('net').catch(() => undefined);
      await registry.close();
      return warned;
    };
    expect(await warnings()).toEqual([]);
    chmodSync(join(root, 'trained/net_v1/w'), 0o777);
    chmodSync(join(root, 'trained/net_v1/w/part.bin'), 0o666);
    expect(await warnings()).toEqual(['/trained/net_v1/w', '/trained/net_v1/w/part.bin']);
  });
});

describe('of a file by itself', () => {
  it('its own folder counts, and one like /tmp is safe', async () => {
    const root = mkdtempSync(join(tmpdir(), 'models-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    writeFileSync(join(root, 'fraud.mock'), 'x');
    chmodSync(join(root, 'fraud.mock'), 0o644);
    const path = join(root, 'fraud.mock');
    const open = (): Promise<unknown> => codeOf(loadModel(path, { loaders, filePermissions: 'error' }));
    chmodSync(root, 0o1777);
    expect(await open()).toBe('no error');
    chmodSync(root, 0o777);
    expect(await open()).toBe('ML_ARTEFACT_PERMISSIONS');
    chmodSync(root, 0o755);
    chmodSync(path, 0o666);
    expect(await open()).toBe('ML_ARTEFACT_PERMISSIONS');
  });
});

it('judges what the open descriptor says', () => {
  const file = { kind: 'file', gid: OTHER_GROUP, searched: true } as const;
  expect(whoElseWrites({ ...file, mode: 0o100644 })).toBeUndefined();
  expect(whoElseWrites({ ...file, mode: 0o100664 })).toContain(`group ${OTHER_GROUP}`);
  expect(whoElseWrites({ ...file, gid: 0, mode: 0o100664 })).toBeUndefined();
  expect(whoElseWrites({ ...file, mode: 0o100602 })).toContain('every user');
});

it('is not done on Windows, which is said where an error was asked for', () => {
  expect(filePermissionsOn('win32', undefined)).toBe('off');
  expect(filePermissionsOn('win32', 'warn')).toBe('off');
  expect(() => filePermissionsOn('win32', 'error')).toThrow(/must not be 'error' on Windows/);
  expect(filePermissionsOn('linux', undefined)).toBe('warn');
  expect(filePermissionsOn('darwin', 'error')).toBe('error');
});
