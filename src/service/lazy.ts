import type { Model, Prediction } from '../spec/model.ts';
import type { Row } from '../spec/rows.ts';
import type { ScanReport } from '../spec/scan.ts';
import type { FileInspection, InspectOptions } from './inspect-file.ts';
import type { LoadModelOptions, ModelBytes } from './load-model.ts';
import type { LockOptions, LockReport } from './lock-models.ts';
import type { ScanOptions } from './scan-file.ts';
import type { ModelVerification, VerifyModelOptions } from './verify-model.ts';

// Who has a registry does not pay for what works on single files.

/**
 * Loads one file or directory, without a models directory. The content decides the format. An address such as
 * `oip+http://host:8000/v2/models/fraud` stands for a model on a server of the Open Inference Protocol.
 * The model is not cached: each call gives another one; free it with `dispose()`.
 *
 * @param source a path, an address, or bytes with a name
 * @throws `ML_ARTEFACT_*`, `ML_FORMAT_*`, `ML_CHECKSUM_*`, `ML_LOADER_*`: see `docs/errors.md`
 */
export async function loadModel<R = Row, P = Prediction>(
  source: string | URL | ModelBytes,
  options: LoadModelOptions = {},
): Promise<Model<R, P>> {
  const { loadModel: load } = await import('./load-model.ts');
  return load<R, P>(source, options);
}

/**
 * Describes a model file or directory: format, inputs, outputs, classes and what else its loader
 * tells. A loader that cannot do so without an engine loads the model and frees it again.
 *
 * @throws `ML_ARTEFACT_*`, `ML_FORMAT_*`, `ML_LOADER_*`: see `docs/errors.md`
 */
export async function inspectFile(path: string, options: InspectOptions = {}): Promise<FileInspection> {
  const { inspectFile: inspect } = await import('./inspect-file.ts');
  return inspect(path, options);
}

/**
 * Looks at a file without building a model. `safe` only if a reader looked at everything in it and
 * allows it; a file that nobody could read is never `safe`.
 *
 * @throws only for wrong options and an aborted signal; never for what is in the file
 */
export async function scanFile(path: string, options: ScanOptions = {}): Promise<ScanReport> {
  const { scanFile: scan } = await import('./scan-file.ts');
  return scan(path, options);
}

/**
 * Pins the digests of everything in a models directory in a file outside of it, or compares with what is pinned.
 *
 * @throws `ML_LOCK_MISSING` where there is nothing to compare with; `ML_LOCK_INVALID`; `ML_METADATA_INVALID` and
 *   `ML_ARTEFACT_*` for a file that could not be loaded either; `ML_OPTIONS_INVALID` for a lock in the directory itself
 */
export async function lockModels(options: LockOptions = {}): Promise<LockReport> {
  const { lockModels: lock } = await import('./lock-models.ts');
  return lock(options);
}

/**
 * Proves a model file or directory by a lock file, by its signature, or by both, without loading it: for scripts and
 * for CI. What is missing is an error unless `policy` is `ifPresent`.
 *
 * @param path what a lock file lists it by is its path below `modelsDir` (default `ML_MODELS_DIR`, else `./models`)
 * @throws `ML_LOCK_*`, `ML_SIGNATURE_*`, `ML_ARTEFACT_*`; `ML_OPTIONS_INVALID` where there is nothing to prove by
 */
export async function verifyModel(path: string, options: VerifyModelOptions): Promise<ModelVerification> {
  const { verifyModel: verify } = await import('./verify-model.ts');
  return verify(path, options);
}
