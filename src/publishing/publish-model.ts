import { resolve } from 'node:path';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { PublishError } from '../errors/publish-error.ts';
import { DirectoryRepository } from '../repository/directory-repository.ts';
import { compareVersions } from '../repository/version.ts';
import type { LoadModelOptions } from '../service/load-model.ts';
import { configure } from '../service/registry-config.ts';
import type { RegistryOptions } from '../service/registry-options.ts';
import type { ModelMetadata, ModelSamples } from '../spec/metadata.ts';
import type { ModelArea, ModelRecord } from '../spec/model-repository.ts';
import type { Authorize } from './authorize.ts';
import { changeError } from './change-error.ts';
import { changeModels, chunkOf, type ModelsChange, pathInside } from './change-models.ts';
import { exists } from '../internal/durable.ts';
import { judgeFile, type Judged } from './judge-file.ts';
import { readTraining, type TrainingScript } from './read-training.ts';
import { releaseFiles, type ReleaseFiles } from './release-files.ts';
import { releaseMetadata } from './release-metadata.ts';
import { recordsOf, type ReleaseName, releaseName } from './release-name.ts';
import { sampleAnswers } from './sample-answers.ts';

/** Options of `publishModel`. */
export interface PublishOptions
  extends Pick<RegistryOptions, 'modelsDir' | 'loaders' | 'loaderOptions' | 'limits' | 'sidecar' | 'env'> {
  /** Default: as the metadata says, else as the file is called. */
  readonly name?: string;
  /**
   * `v2`, `1.4.0`, or `major`, `minor`, `patch`: what follows the highest version that is there (`1.0.0` where none is).
   * Default: as the metadata says, else as the file is called, else `minor`.
   */
  readonly version?: string;
  /** `YYYYMMDD` or ISO 8601, for the file name. Default: as the file is called, else today (UTC). */
  readonly date?: string;
  /** Default `trained`. */
  readonly area?: ModelArea;
  /** Fields of the metadata, named as in its file: `description`, `metrics`, `features`, `target`, ... */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Rows to ask the model with, and what the original answers, where that is known. Kept in the metadata. */
  readonly samples?: ModelSamples;
  /** The script that trained the model: a copy goes to `training/{stem}/`. */
  readonly trainingScript?: string;
  /** Whether the model is loaded before it is published. Default `true`. */
  readonly load?: boolean;
  /** Everything but the writing. Default `false`. */
  readonly dryRun?: boolean;
  /** Milliseconds to wait for another process that is changing the directory. Default 120,000. */
  readonly lockTimeoutMs?: number;
  readonly authorize?: Authorize;
  readonly signal?: AbortSignal;
  /** Told what is being done. */
  readonly onProgress?: (progress: PublishProgress) => void;
}

/** What a publication is at. */
export interface PublishProgress {
  readonly phase: 'judge' | 'copy' | 'done';
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** A version that was published, or would be. */
export interface PublishedModel {
  readonly modelsDir: string;
  readonly name: string;
  readonly version: string;
  /** What the repository calls it. */
  readonly id: string;
  /** Ids of all files that were written, the metadata last. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** `sha256:...`. */
  readonly checksum: string;
  readonly metadata: ModelMetadata;
  /** Largest difference of a sample's answer from what was expected; `undefined` where nothing was expected. */
  readonly worst: number | undefined;
  readonly dryRun: boolean;
}

/** See `publishModel` in `lazy.ts`. */
export async function publishModel(file: string, options: PublishOptions = {}): Promise<PublishedModel> {
  try {
    return await publish(file, options);
  } catch (error) {
    throw changeError(error, options.modelsDir ?? 'the models directory');
  }
}

async function publish(file: string, options: PublishOptions): Promise<PublishedModel> {
  const { signal = new AbortController().signal, dryRun = false, onProgress, lockTimeoutMs } = options;
  const config = configure(registryOptions(options));
  const { modelsDir, limits } = config;
  onProgress?.({ phase: 'judge', bytesDone: 0, bytesTotal: 0 });
  const tried = await tryFile(file, options, signal);
  const training =
    options.trainingScript === undefined ? undefined : await readTraining(options.trainingScript, signal);
  const prepare = async (): Promise<Prepared> => {
    const { records } = await new DirectoryRepository(modelsDir, { limits }).index();
    return prepareRelease({ file, options, tried, training, records, maxMetadataBytes: limits.maxMetadataBytes });
  };
  const ask = ({ name }: Prepared): Promise<void> | void =>
    options.authorize?.({ action: 'publish', modelsDir, models: [{ name: name.name, version: name.version }] });
  if (dryRun) {
    const prepared = await prepare();
    await ask(prepared);
    return published(modelsDir, prepared, tried, true);
  }
  let bytesDone = 0;
  let bytesTotal = 0;
  const onBytes = (bytes: number): void => {
    bytesDone += bytes;
    onProgress?.({ phase: 'copy', bytesDone, bytesTotal });
  };
  const result = await changeModels(modelsDir, { signal, lockTimeoutMs, onBytes }, async (change) => {
    // Under the lock: what is there now is what the version is compared with.
    const prepared = await prepare();
    await ask(prepared);
    bytesTotal = prepared.release.files.reduce((sum, { size }) => sum + size, 0);
    await stage(change, prepared);
    return published(modelsDir, prepared, tried, false);
  });
  onProgress?.({ phase: 'done', bytesDone, bytesTotal });
  return result;
}

interface Tried {
  readonly judged: Judged;
  readonly samples: ModelSamples | undefined;
  readonly worst: number | undefined;
}

interface Prepared {
  readonly name: ReleaseName;
  readonly release: ReleaseFiles;
  readonly documentId: string;
  readonly text: string;
  readonly metadata: ModelMetadata;
  readonly training: (TrainingScript & { readonly id: string }) | undefined;
}

async function tryFile(file: string, options: PublishOptions, signal: AbortSignal): Promise<Tried> {
  const { samples: wanted, load = true, metadata } = options;
  if (wanted !== undefined && !load)
    throw new ConfigurationError('ML_OPTIONS_INVALID', 'samples need the model loaded: leave out load: false');
  let samples = wanted;
  let worst: number | undefined;
  const { file_path: _path, files: _files, checksum: _checksum, file_size: _size, ...given } = metadata ?? {};
  const { modelsDir: _dir, env: _env, ...loading } = registryOptions(options);
  const judging = { ...loading, metadata: given as NonNullable<LoadModelOptions['metadata']>, signal, load };
  const judged = await judgeFile(file, judging, async (model) => {
    if (wanted !== undefined) ({ samples, worst } = await sampleAnswers(model, wanted));
  });
  return { judged, samples, worst };
}

async function prepareRelease({
  file,
  options,
  tried,
  training,
  records,
  maxMetadataBytes,
}: {
  readonly file: string;
  readonly options: PublishOptions;
  readonly tried: Tried;
  readonly training: TrainingScript | undefined;
  readonly records: readonly ModelRecord[];
  readonly maxMetadataBytes: number;
}): Promise<Prepared> {
  const { area = 'trained', metadata: given = {} } = options;
  const inArea = records.filter((record) => record.area === area);
  const name = releaseName(
    file,
    { name: textIn(given, 'name'), version: textIn(given, 'version'), ...options },
    inArea,
  );
  const release = await releaseFiles(file, { judged: tried.judged, area, name });
  refuseKnown(name, release, inArea);
  const script = training && { ...training, id: `training/${name.stem}/${training.name}` };
  const { text, metadata } = releaseMetadata(
    {
      name,
      files: release,
      judged: tried.judged,
      samples: tried.samples,
      given,
      training: script && { script: script.id, checksum: `sha256:${script.sha256}` },
    },
    maxMetadataBytes,
  );
  const documentId = `metadata/${area === 'trained' ? '' : `${area}/`}${name.stem}.json`;
  return { name, release, documentId, text, metadata, training: script };
}

/** A published version is never overwritten: not by other bytes, another date or another format. */
function refuseKnown(name: ReleaseName, { checksum }: ReleaseFiles, records: readonly ModelRecord[]): void {
  const known = recordsOf(records, name.name);
  const twin = known.find((record) => record.version === name.version || record.label === name.label);
  if (twin !== undefined) {
    const identical = twin.metadata?.checksum === checksum;
    throw new PublishError(
      'ML_PUBLISH_EXISTS',
      `${name.name} ${name.version} is published already, as ${twin.id}${identical ? ', with the same bytes' : ''}; publish it as another version`,
      { details: { id: twin.id, version: name.version, identical } },
    );
  }
  const newest = known.toSorted((a, b) => compareVersions(b.version, a.version))[0];
  if (name.automatic && newest !== undefined && newest.metadata?.checksum === checksum)
    throw new PublishError(
      'ML_PUBLISH_EXISTS',
      `${newest.id} has the same bytes; name the version (--as) to publish them once more`,
      { details: { id: newest.id, version: newest.version, identical: true } },
    );
}

async function stage(change: ModelsChange, { release, documentId, text, training, name }: Prepared): Promise<void> {
  const { files, place } = release;
  for (const id of [place, ...files.map((file) => file.id), documentId, ...(training ? [training.id] : [])]) {
    if (await exists(await pathInside(change.root, id)))
      throw new PublishError(
        'ML_PUBLISH_EXISTS',
        `${id} is there already; publish ${name.name} as another version or of another date, or see what that file is`,
        { details: { id, identical: false } },
      );
  }
  change.hide(place);
  for (const { id, source, sha256 } of files) {
    const copied = await change.put(id, source);
    if (copied.sha256 !== sha256)
      throw new PublishError('ML_PUBLISH_REFUSED', `${source} changed after it was judged; publish it again`, {
        details: { source, judged: sha256, copied: copied.sha256 },
      });
  }
  if (training !== undefined) await change.put(training.id, chunkOf(training.bytes));
  await change.put(documentId, chunkOf(text));
}

function published(modelsDir: string, prepared: Prepared, { worst }: Tried, dryRun: boolean): PublishedModel {
  const { name, release, documentId, metadata, training } = prepared;
  const files = [...release.files.map(({ id }) => id), ...(training ? [training.id] : []), documentId];
  const bytes = release.files.reduce((sum, { size }) => sum + size, 0);
  const { id, checksum } = release;
  return {
    modelsDir: resolve(modelsDir),
    name: name.name,
    version: name.version,
    id,
    files,
    bytes,
    checksum,
    metadata,
    worst,
    dryRun,
  };
}

function textIn(given: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = given[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function registryOptions({ modelsDir, loaders, loaderOptions, limits, sidecar, env }: PublishOptions): RegistryOptions {
  return {
    ...(modelsDir !== undefined && { modelsDir }),
    ...(loaders !== undefined && { loaders }),
    ...(loaderOptions !== undefined && { loaderOptions }),
    ...(limits !== undefined && { limits }),
    ...(sidecar !== undefined && { sidecar }),
    ...(env !== undefined && { env }),
  };
}
