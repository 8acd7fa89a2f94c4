import { SidecarError } from '../errors/sidecar-error.ts';
import type { Conversion, ConversionRequest, ConvertedInput, ModelConverter, NotConverted } from '../spec/converter.ts';
import { compareAnswers, type ExpectedOutput } from './compare-answers.ts';
import { ConversionCache } from './conversion-cache.ts';
import { readyEnvironment, setUpEnvironment } from './environment.ts';
import { withProcessLock } from './process-lock.ts';
import { runGraph } from './graph-run.ts';
import { askInterpreter } from './interpreter.ts';
import { type LockFile, lockFileFor } from './lock-file.ts';
import { packageDigest } from './package-digest.ts';
import { runWorker } from './run-worker.ts';
import { type Runtime, runtimeAtHand } from './runtime-at-hand.ts';
import { sandboxPolicy } from './sandbox-policy.ts';
import type { SidecarSettings } from './sidecar-settings.ts';
import type { WorkerResult } from './worker-request.ts';

/** Bytes of a conversion with the rows that it is compared on, beyond those of the original. */
const OUTPUT_ROOM = 256 * 2 ** 20;

/** Framework to the worker's task. */
const TASKS: ReadonlyMap<string, string> = new Map([['scikit-learn', 'convert-sklearn']]);

/** What a conversion is made with; equal plans have equal keys. */
interface Plan {
  readonly task: string;
  readonly runtime: Runtime;
  readonly lock: LockFile | undefined;
  readonly key: string;
}

/** How a converter differs from the settings of its owner. */
export interface PythonConverterOptions {
  /** Whether a conversion may be made now. Default: where the mode is `auto`. */
  readonly mayConvert?: boolean;
  readonly onProgress?: (text: string) => void;
}

/**
 * Converts with Python, once: what it gave and how it compared is kept, and a kept conversion needs no Python.
 */
export class PythonConverter implements ModelConverter {
  readonly #settings: SidecarSettings;
  readonly #cache: ConversionCache;
  readonly #mayConvert: boolean;
  readonly #onProgress: (text: string) => void;

  constructor(settings: SidecarSettings, options: PythonConverterOptions = {}) {
    this.#settings = settings;
    this.#cache = new ConversionCache(`${settings.cacheDir}/conversions`, settings.maxCacheBytes);
    this.#mayConvert = options.mayConvert ?? settings.mode === 'auto';
    this.#onProgress = options.onProgress ?? (() => undefined);
  }

  async kept(request: ConversionRequest): Promise<Conversion | undefined> {
    try {
      return await this.#cache.get(this.#plan(request).key);
    } catch (error) {
      // What could not be converted was not.
      if (error instanceof SidecarError) return undefined;
      throw error;
    }
  }

  async convert(request: ConversionRequest): Promise<Conversion | NotConverted> {
    let plan: Plan;
    try {
      plan = this.#plan(request);
      const kept = await this.#cache.get(plan.key);
      if (kept !== undefined) return kept;
    } catch (error) {
      if (this.#mayConvert || !(error instanceof SidecarError)) throw error;
      return { why: error.message };
    }
    if (!this.#mayConvert) return notAllowed(request);
    const { key, lock } = plan;
    return this.#once(key, request.signal, async () => {
      const python = await this.#python(lock, request.signal);
      const worked = await this.#work(request, { task: plan.task, python });
      const conversion = await this.#verified(request, { worked, runtime: plan.runtime, lock });
      await this.#cache.put(key, conversion);
      return conversion;
    });
  }

  /** One of all processes that share the cache converts a file; the others wait for it and take what it made. */
  async #once(key: string, signal: AbortSignal, convert: () => Promise<Conversion>): Promise<Conversion> {
    const { cacheDir, timeoutMs } = this.#settings;
    const waiting = {
      signal,
      // Converting and comparing have this time each.
      timeoutMs: 2 * timeoutMs,
      onWait: (holder: string) => this.#onProgress(`waiting for ${holder}, which converts the same file`),
    };
    const work = async (): Promise<Conversion> => (await this.#cache.get(key)) ?? (await convert());
    try {
      return await withProcessLock(`${cacheDir}/locks/${key}`, waiting, work);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined || !/^(EACCES|EROFS|ENOENT|ENOTDIR|EPERM|ENOSPC)$/.test(code)) throw error;
      throw new SidecarError(
        'ML_SIDECAR_SETUP',
        `${cacheDir} cannot be written (${(error as Error).message}); set ML_CACHE_DIR to a folder that can be written and has room`,
        { cause: error },
      );
    }
  }

  /** Everything that a conversion depends on, found without Python. */
  #plan(request: ConversionRequest): Plan {
    const { artefact, need } = request;
    const task = TASKS.get(need.framework);
    if (task === undefined) {
      throw new SidecarError('ML_SIDECAR_FAILED', `there is no converter for files of ${need.framework}`);
    }
    const runtime = runtimeAtHand();
    const lock = this.#settings.python === undefined ? lockFileFor(need.framework, need.version) : undefined;
    const key = ConversionCache.key({
      source: artefact.sha256,
      task,
      code: packageDigest(),
      packages: lock?.sha256 ?? `interpreter ${this.#settings.python}`,
      runtime: runtime.version,
    });
    return { task, runtime, lock, key };
  }

  async #python(lock: LockFile | undefined, signal: AbortSignal): Promise<string> {
    const { cacheDir, python } = this.#settings;
    if (lock === undefined) return (await askInterpreter(python ?? '', signal)).path;
    const onProgress = this.#onProgress;
    return readyEnvironment(cacheDir, lock) ?? setUpEnvironment(lock, { cacheDir, signal, onProgress });
  }

  #work(
    request: ConversionRequest,
    { task, python }: { readonly task: string; readonly python: string },
  ): Promise<WorkerResult> {
    const { artefact, need, signal } = request;
    const { sandbox, timeoutMs, memoryBytes } = this.#settings;
    return runWorker({
      python,
      task,
      parameters: { names: need.names, sample: request.metadata?.samples?.rows ?? [] },
      model: artefact.bytes,
      sha256: artefact.sha256,
      sandbox: sandboxPolicy(sandbox, { timeoutMs, memoryBytes }),
      timeoutMs,
      maxOutputBytes: artefact.bytes.length * 4 + OUTPUT_ROOM,
      signal,
      onProgress: this.#onProgress,
    });
  }

  async #verified(
    { artefact, need, signal }: ConversionRequest,
    { worked, runtime, lock }: { worked: WorkerResult; runtime: Runtime; lock: LockFile | undefined },
  ): Promise<Conversion> {
    const { result, blobs, sandbox, python, packages } = worked;
    const [onnx, ...feeds] = blobs;
    const { rows, expected } = result;
    if (onnx === undefined || typeof rows !== 'number' || !Array.isArray(expected) || expected.length === 0) {
      throw new SidecarError('ML_SIDECAR_PROTOCOL', 'the sidecar sent a conversion without answers to compare');
    }
    this.#onProgress('comparing');
    const answers = await runGraph({
      onnx,
      feeds: result['feeds'],
      rows,
      blobs: feeds,
      runtime: runtime.url,
      signal,
      timeoutMs: this.#settings.timeoutMs,
    });
    const comparison = compareAnswers(expected as ExpectedOutput[], answers);
    return {
      name: `${artefact.name}.onnx`,
      bytes: onnx,
      input: inputOf(result),
      report: {
        source: {
          sha256: artefact.sha256,
          framework: need.framework,
          version: need.version ?? null,
          class: result['class'],
        },
        python,
        packages,
        lock: lock?.name ?? null,
        runtime: `onnxruntime-node ${runtime.version}`,
        sandbox,
        comparison,
      },
    };
  }
}

/** @throws `ML_SIDECAR_PROTOCOL` */
function inputOf({ columns, features, takes }: WorkerResult['result']): ConvertedInput {
  const { missing, infinite } = (takes ?? {}) as { missing?: unknown; infinite?: unknown };
  const names = Array.isArray(features) ? features.map(String) : undefined;
  if (typeof columns === 'number' && typeof missing === 'boolean' && typeof infinite === 'boolean') {
    return { columns, features: names, missing, infinite };
  }
  throw new SidecarError('ML_SIDECAR_PROTOCOL', 'the sidecar sent a conversion without saying what it takes');
}

function notAllowed({ artefact }: ConversionRequest): NotConverted {
  const file = artefact.path ?? artefact.name;
  return {
    why: `Python can try to convert it: run \`npx base-ml-service convert ${file}\` ahead, or set { sidecar: 'auto' } or ML_SIDECAR=auto`,
  };
}
