import type { ConversionRequest } from '../spec/converter.ts';
import { ConversionCache } from './conversion-cache.ts';
import { conversionTasks } from './conversion-tasks.ts';
import { heldPackages } from './held-packages.ts';
import { type LockFile, lockFileFor, packagesOf } from './lock-file.ts';
import { packageDigest } from './package-digest.ts';
import { type Runtime, runtimeAtHand } from './runtime-at-hand.ts';
import { digestOf } from './whole-file.ts';

/** What a conversion is made with; equal plans have equal keys. */
export interface ConversionPlan {
  readonly tasks: readonly string[];
  readonly runtime: Runtime;
  /** Packages of an environment of the library's; `undefined` for an interpreter of the user's own. */
  readonly lock: LockFile | undefined;
  readonly key: string;
  /** What finds the conversion where that interpreter is not, or does not show what it holds. */
  readonly alias: string | undefined;
  /** Of the file. */
  readonly sha256: string;
}

/**
 * Everything that a conversion depends on, found without Python.
 *
 * @param python the setting of an interpreter of the user's own
 * @throws `ML_SIDECAR_FAILED`, `ML_SIDECAR_NO_PYTHON`, `ML_SIDECAR_SETUP`
 */
export async function conversionPlan(
  { artefact, need, signal }: ConversionRequest,
  python: string | undefined,
): Promise<ConversionPlan> {
  const sha256 = await digestOf(artefact, signal);
  const tasks = conversionTasks(need);
  const runtime = runtimeAtHand();
  const keyWith = (packages: string): string =>
    ConversionCache.key({
      source: sha256,
      tasks: tasks.join(),
      settings: JSON.stringify(need.settings ?? {}),
      code: packageDigest(),
      packages,
      runtime: runtime.version,
    });
  const about = { tasks, runtime, sha256 };
  if (python === undefined) {
    const lock = lockFileFor(need.framework, need.version);
    return { ...about, lock, key: keyWith(lock.sha256), alias: undefined };
  }
  const bySetting = keyWith(`interpreter ${python}`);
  const held = await heldPackages(python, packagesOf(need.framework));
  const keys = held === undefined ? { key: bySetting, alias: undefined } : { key: keyWith(held), alias: bySetting };
  return { ...about, lock: undefined, ...keys };
}
