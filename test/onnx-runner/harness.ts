import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArtefactError } from '../../src/errors/artefact-error.ts';
import type { ExtraFeatures, LoadContext, ModelWarning } from '../../src/spec/model-loader.ts';
import type { ModelMetadata } from '../../src/spec/metadata.ts';

/** What a test may say of a load; everything else has the library's defaults. */
export interface HarnessOptions {
  readonly metadata?: ModelMetadata;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly extraFeatures?: ExtraFeatures;
  readonly signal?: AbortSignal;
  /** Collects warnings. */
  readonly warnings?: ModelWarning[];
  /** Collects phases. */
  readonly phases?: string[];
  /** Companion files by relative path. */
  readonly companions?: Readonly<Record<string, Uint8Array>>;
  /** Where companions are looked for on disk. */
  readonly folder?: string;
}

export const FIXTURES: string = fileURLToPath(new URL('../fixtures/onnx/', import.meta.url));
export const MODELS: string = fileURLToPath(new URL('../../models/', import.meta.url));

/** A load context over bytes in memory. */
export function contextOf(bytes: Uint8Array, given: HarnessOptions = {}): LoadContext {
  return {
    artefact: {
      kind: 'file',
      name: 'model.onnx',
      path: undefined,
      bytes,
      size: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      entries: [],
      read: (path) => readCompanion(path, given),
    },
    metadata: given.metadata,
    options: given.options ?? {},
    limits: {
      maxModelBytes: 2 ** 32,
      maxMetadataBytes: 2 ** 20,
      maxNesting: 64,
      maxElements: 5_000_000,
      maxFiles: 100_000,
    },
    signal: given.signal ?? new AbortController().signal,
    extraFeatures: given.extraFeatures ?? 'warn',
    phase: (phase) => given.phases?.push(phase),
    warn: (warning) => given.warnings?.push(warning),
  };
}

/** A load context over a file, its companions beside it. */
export function contextOfFile(path: string, given: HarnessOptions = {}): LoadContext {
  const context = contextOf(readFileSync(path), { folder: dirname(path), ...given });
  return { ...context, artefact: { ...context.artefact, name: basename(path), path } };
}

function readCompanion(path: string, given: HarnessOptions): Promise<Uint8Array> {
  const inMemory = given.companions?.[path];
  if (inMemory !== undefined) return Promise.resolve(inMemory);
  if (path.startsWith('/') || path.split('/').includes('..')) {
    return Promise.reject(new ArtefactError('ML_ARTEFACT_ESCAPES', `${path} leaves the folder`));
  }
  const file = join(given.folder ?? FIXTURES, path);
  if (given.folder === undefined || !existsSync(file)) {
    return Promise.reject(new ArtefactError('ML_ARTEFACT_MISSING', `${path} does not exist`));
  }
  return Promise.resolve(readFileSync(file));
}
