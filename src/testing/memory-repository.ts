import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { AbortedError } from '../errors/aborted-error.ts';
import { ArtefactError } from '../errors/artefact-error.ts';
import { parseFileName } from '../repository/file-name.ts';
import { versionOf } from '../repository/version.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { ModelArea, ModelRecord, ModelRepository, OpenOptions } from '../spec/model-repository.ts';

/** A file in memory. */
export interface MemoryFile {
  /** Content; a string is written as UTF-8. Default: the file's own path, so that every file differs. */
  readonly bytes?: Uint8Array | string;
  /** What a metadata file would say; name and version come from the file name where they are missing. */
  readonly metadata?: Partial<ModelMetadata>;
}

/** Files by path: `fraud_detector_v1_20240101.mock`, `preprocessing/scaler.mock`. */
export type MemoryFiles = Readonly<Record<string, Uint8Array | string | MemoryFile>>;

/** A repository without files on disk. */
export interface MemoryRepository extends ModelRepository {
  /** Adds or replaces a file, as a new deployment would. */
  set(path: string, file: Uint8Array | string | MemoryFile): void;
  /** Takes a file away. */
  delete(path: string): void;
}

interface Stored {
  readonly record: ModelRecord;
  readonly bytes: Uint8Array;
}

const AREAS: readonly string[] = ['trained', 'preprocessing', 'checkpoints'] satisfies ModelArea[];

/**
 * A models directory in memory, for unit tests: `{model_name}_{version}_{date}.{extension}` in
 * `trained/` (the default), `preprocessing/` or `checkpoints/`.
 */
export function createMemoryRepository(files: MemoryFiles = {}): MemoryRepository {
  const stored = new Map<string, Stored>();
  const listeners = new Set<() => void>();
  const put = (path: string, file: Uint8Array | string | MemoryFile): void => {
    const one = store(path, file);
    stored.set(one.record.id, one);
    for (const listener of listeners) listener();
  };
  for (const [path, file] of Object.entries(files)) put(path, file);
  return {
    location: 'memory',
    index: () =>
      Promise.resolve({ records: Array.from(stored.values(), ({ record }) => record), problems: [], aliases: {} }),
    open: (record, options) => open(stored, record.id, options),
    refresh: () => undefined,
    watch(onChange) {
      listeners.add(onChange);
      return Promise.resolve(() => {
        listeners.delete(onChange);
        return Promise.resolve();
      });
    },
    set: put,
    delete(path) {
      stored.delete(idOf(path));
      for (const listener of listeners) listener();
    },
  };
}

function idOf(path: string): string {
  const clean = posix.normalize(path);
  return AREAS.includes(clean.split('/')[0] ?? '') ? clean : `trained/${clean}`;
}

function store(path: string, file: Uint8Array | string | MemoryFile): Stored {
  const id = idOf(path);
  const given: MemoryFile = typeof file === 'string' || file instanceof Uint8Array ? { bytes: file } : file;
  const { bytes = path, metadata } = given;
  const content = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  const base = posix.basename(id);
  const { name, label, date, extension } = parseFileName(base) ?? {
    name: base,
    label: undefined,
    date: undefined,
    extension: '',
  };
  const stated = metadata?.version ?? label;
  const version = stated === undefined ? undefined : versionOf(stated);
  return {
    bytes: content,
    record: {
      id,
      area: AREAS.find((area): area is ModelArea => id.startsWith(`${area}/`)) ?? 'trained',
      name: metadata?.name ?? name,
      label,
      version,
      date,
      extension,
      kind: 'file',
      size: content.length,
      modifiedMs: 0,
      metadata: metadata && { extra: {}, ...metadata, name: metadata.name ?? name, version: stated ?? '' },
      declared: metadata !== undefined,
    },
  };
}

async function open(stored: ReadonlyMap<string, Stored>, id: string, options: OpenOptions): Promise<Artefact> {
  const { maxBytes, signal } = options;
  let total = 0;
  const read = async (key: string): Promise<Uint8Array> => {
    if (signal.aborted) throw new AbortedError('ML_ABORTED', `reading ${key} was aborted`, { cause: signal.reason });
    const bytes = stored.get(key)?.bytes;
    if (bytes === undefined)
      throw new ArtefactError('ML_ARTEFACT_MISSING', `${key} is not in the memory repository`, { details: { key } });
    total += bytes.length;
    if (total > maxBytes) {
      throw new ArtefactError(
        'ML_ARTEFACT_TOO_LARGE',
        `${key} takes the model to ${total} bytes, maxModelBytes is ${maxBytes}`,
        { details: { bytes: total, maxBytes } },
      );
    }
    return bytes;
  };
  const bytes = await read(id);
  options.onProgress?.(bytes.length, bytes.length);
  const folder = posix.dirname(id);
  return {
    kind: 'file',
    name: posix.basename(id),
    path: undefined,
    bytes,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    entries: [],
    async read(relativePath) {
      const target = posix.join(folder, relativePath);
      if (posix.isAbsolute(relativePath) || !target.startsWith(`${folder}/`)) {
        throw new ArtefactError('ML_ARTEFACT_ESCAPES', `"${relativePath}" leaves the folder of ${id}`, {
          details: { path: relativePath },
        });
      }
      return read(target);
    },
  };
}
