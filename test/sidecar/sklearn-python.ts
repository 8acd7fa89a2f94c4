import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lockFileFor } from '../../src/sidecar/lock-file.ts';
import { readyEnvironment } from '../../src/sidecar/environment.ts';

/** Made by `ML_CACHE_DIR=.cache/sidecar npx base-ml-service python setup`, with a network, before the tests. */
export const TEST_CACHE: string = fileURLToPath(new URL('../../.cache/sidecar', import.meta.url));

/** A Python with the packages of the newest lock file, or `undefined`, which is said on the console. */
export function sklearnPython(): string | undefined {
  const ready = readyEnvironment(TEST_CACHE, lockFileFor('scikit-learn', '1.9.1'));
  if (ready !== undefined && existsSync(ready)) return ready;
  const python = process.env['ML_PYTHON'];
  if (python !== undefined && spawnSync(python, ['-I', '-c', 'import skl2onnx, pandas']).status === 0) return python;
  console.warn(
    'NOT TESTED: conversions; ML_CACHE_DIR=.cache/sidecar npx base-ml-service python setup makes it possible',
  );
  return undefined;
}
