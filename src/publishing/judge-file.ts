import { createHash } from 'node:crypto';
import { FormatError } from '../errors/format-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { PublishError } from '../errors/publish-error.ts';
import { openArtefact } from '../repository/artefact-reader.ts';
import { loadFrom, type LoadModelOptions } from '../service/load-model.ts';
import { configure } from '../service/registry-config.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { Model, ModelInfo } from '../spec/model.ts';
import type { OpenOptions } from '../spec/model-repository.ts';
import type { Finding } from '../spec/scan.ts';

/** What a file turned out to be. */
export interface Judged {
  readonly kind: Artefact['kind'];
  /** Name of the loader that reads it. */
  readonly format: string;
  /** An extension that the loader reads, for a file that has none. */
  readonly extension: string | undefined;
  /** Digest of every file that belongs to the model; paths are relative to its folder, the model itself first. */
  readonly files: ReadonlyMap<string, string>;
  readonly classes: ModelInfo['classes'];
  readonly featureNames: ModelInfo['featureNames'];
  /** Facts of the format, as its loader tells them. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** How a file is judged. */
export interface JudgeOptions extends Omit<LoadModelOptions, 'signal'> {
  readonly signal: AbortSignal;
  /** Whether it is loaded too, and given to `use`. */
  readonly load: boolean;
}

/**
 * Scans a file or folder, and loads it where asked for. Notes every file that was read for that: these are the model.
 *
 * @param use what else has to be tried with the loaded model
 * @throws `ML_PUBLISH_REFUSED` where it is not safe or does not load; `ML_FORMAT_EXTENSION_MISMATCH`; `ML_ARTEFACT_*`
 */
export async function judgeFile(
  path: string,
  { signal, load, ...options }: JudgeOptions,
  use: (model: Model) => Promise<void>,
): Promise<Judged> {
  const { metadata: _metadata, on: _on, ...registry } = options;
  const { loaders, limits } = configure(registry);
  const files = new Map<string, string>();
  const open = async (opening: OpenOptions): Promise<Artefact> =>
    recorded(await openArtefact(undefined, path, opening), files, signal);
  const artefact = await open({
    maxBytes: limits.maxModelBytes,
    signal,
    mayStayOpen: (content) => loaders.mayStayOpen(content),
  });
  try {
    const { loader, mismatch } = await loaders.find(artefact);
    if (mismatch !== undefined)
      throw new FormatError('ML_FORMAT_EXTENSION_MISMATCH', `${mismatch}; rename the file before it is published`);
    const findings = await loader.scan?.({ artefact, limits, signal });
    if (findings !== undefined && findings.length > 0) throw unsafe(path, findings);
    const inspected = await loader.inspect?.({ artefact, limits, signal });
    const loaded = load ? await tryLoad(path, { open, options: { ...options, signal }, use }) : undefined;
    const [extension] = loader.formats;
    return {
      kind: artefact.kind,
      format: loader.name,
      extension,
      files,
      classes: inspected?.classes ?? loaded?.classes,
      featureNames: inspected?.featureNames ?? loaded?.featureNames,
      details: inspected?.details ?? {},
    };
  } finally {
    await artefact.slices?.close();
  }
}

async function tryLoad(
  path: string,
  {
    open,
    options,
    use,
  }: {
    readonly open: (opening: OpenOptions) => Promise<Artefact>;
    readonly options: LoadModelOptions;
    readonly use: (model: Model) => Promise<void>;
  },
): Promise<ModelInfo> {
  const name = path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
  // Where every file that is read for it passes by.
  const inline = { ...options, execution: { ...options.execution, place: 'inline' } } as const;
  let model: Model;
  try {
    model = await loadFrom(() => ({ name, artefact: path, open }), inline);
  } catch (error) {
    if (!MLServiceError.isInstance(error) || error.code === 'ML_ABORTED') throw error;
    throw new PublishError('ML_PUBLISH_REFUSED', `${path} does not load: ${error.code}: ${error.message}`, {
      details: { path, code: error.code },
      cause: error,
    });
  }
  try {
    await use(model);
    return model.info;
  } finally {
    await model.dispose();
  }
}

/** The artefact, each of whose files is noted with its digest when it is read. */
async function recorded(artefact: Artefact, files: Map<string, string>, signal: AbortSignal): Promise<Artefact> {
  const { kind, name, path, bytes, slices, size, entries } = artefact;
  const sha256 = slices === undefined ? artefact.sha256 : await slices.digest('sha256', signal);
  const note = (file: string, digest: string): void => {
    const before = files.get(file);
    if (before !== undefined && before !== digest)
      throw new PublishError('ML_PUBLISH_REFUSED', `${file} changed while it was judged; publish it again`, {
        details: { file },
      });
    files.set(file, digest);
  };
  if (kind === 'file') note(name, sha256);
  const read = async (relativePath: string): Promise<Uint8Array> => {
    const content = await artefact.read(relativePath);
    const file = relativePath.split('/').filter((part) => part !== '.' && part !== '');
    note(file.join('/'), createHash('sha256').update(content).digest('hex'));
    return content;
  };
  // A folder belongs to its model as a whole, whether the loader reads all of it or not.
  if (kind === 'directory') for (const entry of entries) await read(entry);
  return { kind, name, path, bytes, slices, size, sha256, entries, read };
}

function unsafe(path: string, findings: readonly Finding[]): PublishError {
  const [first] = findings;
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return new PublishError(
    'ML_PUBLISH_REFUSED',
    `${path} is not published: ${first?.severity}: ${first?.code}: ${first?.message}${more}`,
    { details: { path, findings } },
  );
}
