import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DirectoryRepository } from '../../src/repository/directory-repository.ts';
import type { Limits } from '../../src/spec/limits.ts';
import type { ModelRecord, OpenOptions, RepositoryIndex } from '../../src/spec/model-repository.ts';

export const LIMITS: Limits = {
  maxModelBytes: 2 ** 30,
  maxMetadataBytes: 2 ** 20,
  maxNesting: 64,
  maxElements: 5_000_000,
  maxFiles: 100_000,
};

/** A folder with files, removed after the test; objects are written as JSON. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array | object>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'models-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [id, content] of Object.entries(files)) put(root, id, content);
  return root;
}

export function put(root: string, id: string, content: string | Uint8Array | object): void {
  mkdirSync(dirname(join(root, id)), { recursive: true });
  const raw = typeof content === 'string' || content instanceof Uint8Array;
  writeFileSync(join(root, id), raw ? content : JSON.stringify(content));
}

export function repositoryOf(
  root: string,
  options: { readonly fileNamePattern?: RegExp; readonly limits?: Limits } = {},
): DirectoryRepository {
  return new DirectoryRepository(root, { limits: LIMITS, ...options });
}

export function indexOf(files: Readonly<Record<string, string | Uint8Array | object>>): Promise<RepositoryIndex> {
  return repositoryOf(folderOf(files)).index();
}

export function record({ records }: RepositoryIndex, id: string): ModelRecord {
  const found = records.find((one) => one.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${records.map((one) => one.id).join(', ')}`);
  return found;
}

export function opening(overrides: Partial<OpenOptions> = {}): OpenOptions {
  return { maxBytes: 2 ** 30, signal: new AbortController().signal, ...overrides };
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The code of the error that `work` ends with. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'no error';
  } catch (error) {
    return (error as { readonly code?: unknown }).code ?? error;
  }
}
