import { SidecarError, type SidecarErrorCode } from '../errors/sidecar-error.ts';
import type {
  Conversion,
  ConversionRequest,
  ModelConverter,
  NotConverted,
  ServedModel,
  ServeOptions,
} from '../spec/converter.ts';
import { bubblewrapAround } from './bubblewrap.ts';
import { ConversionCache } from './conversion-cache.ts';
import { type ConversionPlan, conversionPlan } from './conversion-plan.ts';
import { servingTask } from './conversion-tasks.ts';
import { readyEnvironment, setUpEnvironment } from './environment.ts';
import { withProcessLock } from './process-lock.ts';
import { askInterpreter } from './interpreter.ts';
import { type LockFile, lockFileFor } from './lock-file.ts';
import { runWorker } from './run-worker.ts';
import { sandboxPolicy } from './sandbox-policy.ts';
import { servePython } from './serve-python.ts';
import type { SidecarSettings } from './sidecar-settings.ts';
import { handedOver } from './whole-file.ts';
import { type Verified, verifyConversion } from './verify-conversion.ts';
import type { WorkerRequest, WorkerResult } from './worker-request.ts';

/** Seconds, as much as a limit of the system takes. */
const FOR_EVER = 2 ** 31 - 1;
/** Bytes of a conversion with the rows that it is compared on, beyond those of the original. */
const OUTPUT_ROOM = 256 * 2 ** 20;

/** An interpreter, and what it is started in. */
type Room = Pick<WorkerRequest, 'python' | 'outer'>;

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
      return await this.#cache.get((await conversionPlan(request, this.#settings.python)).key);
    } catch (error) {
      // What could not be converted was not.
      if (error instanceof SidecarError) return undefined;
      throw error;
    }
  }

  async convert(request: ConversionRequest): Promise<Conversion | NotConverted> {
    let plan: ConversionPlan;
    try {
      plan = await conversionPlan(request, this.#settings.python);
      const kept = await this.#cache.get(plan.key);
      if (kept !== undefined) {
        if (this.#mayConvert) await this.#alias(plan).catch(() => undefined);
        return kept;
      }
    } catch (error) {
      if (this.#mayConvert || !(error instanceof SidecarError)) throw error;
      return { why: error.message };
    }
    if (!this.#mayConvert) return notAllowed(request);
    return this.#once(plan.key, request.signal, async () => {
      const room = await this.#room(plan.lock, request.signal);
      const conversion = await this.#tried(request, plan, room);
      await this.#cache.put(plan.key, conversion);
      await this.#alias(plan);
      return conversion;
    });
  }

  async #alias({ alias, key }: ConversionPlan): Promise<void> {
    if (alias !== undefined) await this.#cache.alias(alias, key);
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

  /** What the first task gives that converts and answers as the original. */
  async #tried(request: ConversionRequest, plan: ConversionPlan, room: Room): Promise<Conversion> {
    const reasons: SidecarError[] = [];
    const tried = new Set<unknown>();
    for (const task of plan.tasks) {
      if (tried.has(task)) continue;
      try {
        const worked = await this.#work(request, task, room);
        tried.add(worked.result['way']);
        this.#onProgress('comparing');
        const { signal } = request;
        const { timeoutMs } = this.#settings;
        const verified = await verifyConversion(worked, { runtime: plan.runtime.url, signal, timeoutMs });
        return conversionOf(request, plan, { task, worked, verified });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        tried.add(error.details['way']);
        reasons.push(error);
      }
    }
    throw allOf(reasons);
  }

  async serve(request: ConversionRequest, options: ServeOptions): Promise<ServedModel> {
    const { need, signal } = request;
    const { sandbox, timeoutMs, memoryBytes, python: own } = this.#settings;
    const lock = own === undefined ? lockFileFor(need.framework, need.version) : undefined;
    const worker: WorkerRequest = {
      ...(await this.#room(lock, signal)),
      task: servingTask(need),
      parameters: { ...need.settings, form: need.form ?? null, names: need.names },
      ...(await handedOver(request)),
      // How long it lives nobody knows; each call has its own time.
      sandbox: { ...sandboxPolicy(sandbox, { timeoutMs, memoryBytes }), cpuSeconds: FOR_EVER },
      timeoutMs,
      maxOutputBytes: OUTPUT_ROOM,
      signal,
      onProgress: this.#onProgress,
    };
    return servePython(worker, options);
  }

  /** Where the worker runs; without a sandbox there is no wall around it either. */
  async #room(lock: LockFile | undefined, signal: AbortSignal): Promise<Room> {
    const python = await this.#python(lock, signal);
    if (this.#settings.sandbox === 'off') return { python, outer: undefined };
    return { python, outer: await bubblewrapAround({ python, wheelsOnly: lock !== undefined }) };
  }

  async #python(lock: LockFile | undefined, signal: AbortSignal): Promise<string> {
    const { cacheDir, python } = this.#settings;
    if (lock === undefined) return (await askInterpreter(python ?? '', signal)).path;
    const onProgress = this.#onProgress;
    const ready = readyEnvironment(cacheDir, lock);
    if (ready === undefined && !this.#mayConvert) throw notInstalled(lock);
    return ready ?? setUpEnvironment(lock, { cacheDir, signal, onProgress });
  }

  async #work(request: ConversionRequest, task: string, room: Room): Promise<WorkerResult> {
    const { need, signal } = request;
    const { model, sha256 } = await handedOver(request);
    const { sandbox, timeoutMs, memoryBytes } = this.#settings;
    return runWorker({
      ...room,
      task,
      parameters: { ...need.settings, names: need.names, sample: request.metadata?.samples?.rows ?? [] },
      model,
      sha256,
      sandbox: sandboxPolicy(sandbox, { timeoutMs, memoryBytes }),
      timeoutMs,
      maxOutputBytes: model.length * 4 + OUTPUT_ROOM,
      signal,
      onProgress: this.#onProgress,
    });
  }
}

interface Converted {
  readonly task: string;
  readonly worked: WorkerResult;
  readonly verified: Verified;
}

function conversionOf(
  { artefact, need }: ConversionRequest,
  { lock, runtime, sha256 }: ConversionPlan,
  { task, worked, verified }: Converted,
): Conversion {
  const { result, sandbox, python, packages } = worked;
  const { onnx, comparison, input } = verified;
  const { framework, version = null } = need;
  return {
    name: `${artefact.name}.onnx`,
    bytes: onnx,
    ...(input !== undefined && { input }),
    report: {
      source: { sha256, framework, version, class: result['class'] },
      task: result['way'] ?? task,
      python,
      packages,
      lock: lock?.name ?? null,
      runtime: `onnxruntime-node ${runtime.version}`,
      sandbox,
      comparison,
    },
  };
}

/** Whether another way may be tried: the worker ran to its end, and what came out is not used. */
function isRefusal(error: unknown): error is SidecarError {
  if (!(error instanceof SidecarError)) return false;
  return error.code === 'ML_SIDECAR_MISMATCH' || error.code === 'ML_SIDECAR_FAILED';
}

/** The first error, with what further ways said. */
function allOf([first, ...more]: readonly SidecarError[]): SidecarError | undefined {
  if (first === undefined || more.length === 0) return first;
  const message = [first, ...more].map((error) => error.message).join('; by another way, ');
  return new SidecarError(first.code as SidecarErrorCode, message, { details: first.details, cause: first });
}

function notInstalled({ name }: LockFile): SidecarError {
  return new SidecarError(
    'ML_SIDECAR_NO_PYTHON',
    `the packages of ${name} are not installed: run \`npx base-ml-service python setup --for <file>\`, set ML_PYTHON to an interpreter that has them, or set { sidecar: 'auto' } or ML_SIDECAR=auto`,
    { details: { lock: name } },
  );
}

function notAllowed({ artefact }: ConversionRequest): NotConverted {
  const file = artefact.path ?? artefact.name;
  return {
    why: `Python can try to convert it: run \`npx base-ml-service convert ${file}\` ahead, or set { sidecar: 'auto' } or ML_SIDECAR=auto`,
  };
}
