import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { MLServiceRegistry, type ModelArea } from '../../src/index.ts';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
export const MODELS: string = join(ROOT, 'models');
/** Two models of the same task with different bytes. */
export const FIRST: string = join(MODELS, 'trained', 'tumor_classifier_v1_20240115.pkl');
export const SECOND: string = join(MODELS, 'trained', 'tumor_classifier_v1_20240220.pkl');
/** A graph whose weights lie in another file. */
export const TWO_FILES: string = join(ROOT, 'test', 'fixtures', 'onnx', 'ext.onnx');

/** An empty folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'base-ml-service-publishing-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty models directory. */
export async function emptyModels(): Promise<string> {
  const folder = join(await temporaryFolder(), 'models');
  await mkdir(join(folder, 'trained'), { recursive: true });
  return folder;
}

/** Another folder with the same content. */
export async function copyOf(folder: string): Promise<string> {
  const copy = join(await temporaryFolder(), 'copy');
  await cp(folder, copy, { recursive: true });
  return copy;
}

export async function sha256Of(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/**
 * What a reader finds that insists on checksums: id to digest of everything that is there and loads; fails where
 * something is there and does not, or is there without metadata.
 */
export async function whatLoads(folder: string): Promise<Record<string, string>> {
  const registry = new MLServiceRegistry({ modelsDir: folder, verification: 'require', sidecar: 'off', env: {} });
  try {
    const found: Record<string, string> = {};
    for (const { id, name, version, area } of await registry.models()) {
      const model = await registry.load(name, version ?? 'latest', { area: area as ModelArea });
      found[id] = model.info.sha256;
    }
    return found;
  } finally {
    await registry.close();
  }
}

/** Every path below a folder with its content's digest, hidden ones and the library's own included. */
export async function everythingIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found: Record<string, string> = {};
  for (const file of files.sort()) found[file.slice(folder.length + 1)] = await sha256Of(file);
  return found;
}

/** What remains of a process that was killed, besides its files: its lock, which dies with it. */
export async function endProcess(folder: string): Promise<void> {
  await rm(join(folder, '.base-ml-service', 'lock'), { force: true });
  await rm(join(folder, '.lock'), { force: true });
}
