import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SidecarError } from '../errors/sidecar-error.ts';
import { pythonHome } from './python-home.ts';

/** A set of packages with their versions and hashes that belong together. */
export interface LockFile {
  /** E.g. `sklearn-1.5.2`. */
  readonly name: string;
  readonly path: string;
  /** Version of the framework in it. */
  readonly version: string;
  /** Packages with the versions that an environment must have. */
  readonly packages: readonly string[];
  /** Lower-case hex of its text: another text is another environment. */
  readonly sha256: string;
  /** First and last minor version of Python 3 that every package has a wheel for. */
  readonly python: readonly [first: number, last: number];
}

interface Framework {
  /** Start of its lock files' names. */
  readonly prefix: string;
  /** Packages that an environment is asked for, the framework first. */
  readonly packages: readonly string[];
  /** Whether its newest version reads the files of all others. */
  readonly readsOlder?: boolean;
}

const FRAMEWORKS: ReadonlyMap<string, Framework> = new Map([
  ['scikit-learn', { prefix: 'sklearn-', packages: ['scikit-learn', 'skl2onnx', 'onnx', 'numpy', 'joblib'] }],
  ['torch', { prefix: 'torch-', packages: ['torch', 'onnxscript', 'onnx', 'numpy'], readsOlder: true }],
  [
    'tensorflow',
    {
      prefix: 'tensorflow-',
      packages: ['tensorflow', 'tf2onnx', 'onnx', 'keras', 'tf-keras', 'numpy'],
      readsOlder: true,
    },
  ],
]);

/** Minor versions of Python 3 by lock file: what the framework's wheels of that version are made for. */
const PYTHONS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['sklearn-1.2.2', [10, 11]],
  ['sklearn-1.5.2', [11, 13]],
  ['sklearn-1.9.1', [11, 14]],
  // PyTorch says itself that TorchScript does not work from 3.14 on.
  ['torch-2.15.0', [11, 13]],
  ['tensorflow-2.21.0', [11, 13]],
]);

/**
 * The packages for a file of a framework: those of the version that wrote it, up to the last number.
 *
 * @throws `ML_SIDECAR_NO_PYTHON` where none fit, naming those there are
 */
export function lockFileFor(framework: string, version: string | undefined): LockFile {
  const known = FRAMEWORKS.get(framework);
  const names = known === undefined ? [] : lockNames(known.prefix);
  const line = /^\d+\.\d+(?=\.|$)/.exec(version ?? '')?.[0];
  const name =
    known?.readsOlder === true
      ? names.at(-1)
      : names.find((candidate) => candidate.slice(known?.prefix.length).startsWith(`${line}.`));
  if (known === undefined || name === undefined) throw noLockFile(framework, version, names);
  return read(name, known);
}

/** Every lock file of a framework. */
export function lockFilesOf(framework: string): LockFile[] {
  const known = FRAMEWORKS.get(framework);
  return known === undefined ? [] : lockNames(known.prefix).map((name) => read(name, known));
}

/** The packages that a conversion of a framework's files depends on most; none for a framework that is not known. */
export function packagesOf(framework: string): readonly string[] {
  return FRAMEWORKS.get(framework)?.packages ?? [];
}

/** The frameworks that there are lock files for. */
export function lockedFrameworks(): readonly string[] {
  return [...FRAMEWORKS.keys()];
}

function read(name: string, { prefix, packages }: Framework): LockFile {
  const path = join(pythonHome(), 'locks', `${name}.txt`);
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { name, path, version: name.slice(prefix.length), packages, sha256, python: PYTHONS.get(name) ?? [11, 11] };
}

/** Names of the lock files that the package has, without extension. */
function lockNames(prefix: string): string[] {
  return readdirSync(join(pythonHome(), 'locks'))
    .filter((file) => file.startsWith(prefix) && file.endsWith('.txt'))
    .map((file) => file.slice(0, -'.txt'.length))
    .sort();
}

function noLockFile(framework: string, version: string | undefined, names: readonly string[]): SidecarError {
  const wrote = version === undefined ? `an unknown version of ${framework}` : `${framework} ${version}`;
  return new SidecarError(
    'ML_SIDECAR_NO_PYTHON',
    `the file was written by ${wrote}, and the library has locked packages for ${names.join(', ') || 'no version'} alone; load it in Python, save it with one of these versions, or set ML_PYTHON to an interpreter that has the right packages`,
    { details: { framework, version, locks: names } },
  );
}
