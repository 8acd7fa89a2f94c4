import { LoaderError } from '../errors/loader-error.ts';
import { inForeignRealm } from '../internal/realm.ts';
import type { OrtModule } from './onnxruntime-api.ts';

/** The packages that can compute an ONNX graph. */
export type OrtPackage = 'onnxruntime-node' | 'onnxruntime-web';

/** Which package to use; `auto` takes the native one and falls back to the one in WebAssembly. */
export type OrtChoice = OrtPackage | 'auto';

/** A runtime that was imported, and what it is called: the package that it came from. */
export interface OnnxRuntime {
  readonly name: string;
  /** Version of the package, e.g. `1.30.0`. */
  readonly version: string;
  readonly ort: OrtModule;
}

/** How each package is imported; tests give their own. */
export type OrtImporters = Readonly<Record<OrtPackage, () => Promise<unknown>>>;

const packages: OrtImporters = {
  'onnxruntime-node': () => import('onnxruntime-node'),
  'onnxruntime-web': () => import('onnxruntime-web'),
};

const INSTALL =
  'run `npm install onnxruntime-node --ignore-scripts` (the scripts only fetch GPU libraries), ' +
  'or `npm install onnxruntime-web --ignore-scripts` where the machine has no native build (Alpine, Intel Macs)';

/** Versions whose binary tree ensembles answer 1 - p where p is right; fixed in 1.29. */
const WRONG_PROBABILITIES = /^1\.(26|27|28)\./;

/**
 * Imports onnxruntime. The native package is tried first; a package that is absent, or has no
 * binary for this platform, passes the turn to the next.
 *
 * @throws `ML_LOADER_DEPENDENCY_MISSING` when no package can be imported, with each one's reason,
 *   or when its version is known to give wrong results; `ML_LOADER_FAILED` for the native package in a realm whose
 *   arrays it does not take, such as Jest's
 */
export async function importOnnxRuntime(
  choice: OrtChoice = 'auto',
  importers: OrtImporters = packages,
): Promise<OnnxRuntime> {
  const names: readonly OrtPackage[] = choice === 'auto' ? ['onnxruntime-node', 'onnxruntime-web'] : [choice];
  const reasons: string[] = [];
  for (const name of names) {
    let module: unknown;
    try {
      module = await importers[name]();
    } catch (error) {
      reasons.push(`${name}: ${firstLine(error)}`);
      continue;
    }
    const ort = unwrap(module);
    if (ort !== undefined) return checked(name, ort);
    reasons.push(`${name}: its exports are not those of onnxruntime`);
  }
  throw new LoaderError(
    'ML_LOADER_DEPENDENCY_MISSING',
    `an ONNX model needs onnxruntime, which cannot be imported (${reasons.join('; ')}); ${INSTALL}`,
    { details: { packages: names, reasons } },
  );
}

function checked(name: OrtPackage, ort: OrtModule): OnnxRuntime {
  const { versions } = ort.env;
  const version = versions[name === 'onnxruntime-node' ? 'node' : 'web'] ?? versions['common'] ?? 'unknown';
  if (WRONG_PROBABILITIES.test(version)) {
    throw new LoaderError(
      'ML_LOADER_DEPENDENCY_MISSING',
      `${name} ${version} gives wrong probabilities for binary tree ensembles; install 1.29 or later: npm install ${name}@latest --ignore-scripts`,
      { details: { package: name, version } },
    );
  }
  if (name === 'onnxruntime-node' && inForeignRealm()) {
    throw new LoaderError(
      'ML_LOADER_FAILED',
      'onnxruntime-node cannot work inside the realm of a test file (Jest, vm contexts), whose arrays are not those of native code: set execution.place to "auto", "thread" or "process"',
    );
  }
  return { name, version, ort };
}

/** The runtime's exports; a CommonJS package may carry them under `default`. */
function unwrap(module: unknown): OrtModule | undefined {
  if (isOrtModule(module)) return module;
  if (typeof module !== 'object' || module === null || !('default' in module)) return undefined;
  return isOrtModule(module.default) ? module.default : undefined;
}

function isOrtModule(value: unknown): value is OrtModule {
  return (
    typeof value === 'object' && value !== null && 'InferenceSession' in value && 'Tensor' in value && 'env' in value
  );
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}
