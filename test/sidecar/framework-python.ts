import { existsSync } from 'node:fs';
import { readyEnvironment } from '../../src/sidecar/environment.ts';
import { lockFileFor } from '../../src/sidecar/lock-file.ts';
import { TEST_CACHE } from './sklearn-python.ts';

/** A Python with the packages of a framework's lock file, or `undefined`, which is said on the console. */
export function frameworkPython(framework: string): string | undefined {
  const ready = readyEnvironment(TEST_CACHE, lockFileFor(framework, undefined));
  if (ready !== undefined && existsSync(ready)) return ready;
  console.warn(
    `NOT TESTED: conversions of ${framework}; ML_CACHE_DIR=.cache/sidecar npx base-ml-service python setup --framework ${framework} makes it possible`,
  );
  return undefined;
}
