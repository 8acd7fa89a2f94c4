import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WorkerError } from '../errors/worker-error.ts';

/**
 * The file that workers run: `worker.js` beside the bundle, or, when the sources themselves run, the built one.
 *
 * @throws `ML_WORKER_START_FAILED` where it is missing, e.g. because the application was bundled into one file
 */
export function workerEntry(): URL {
  const here = import.meta.url;
  const entry = new URL(here.endsWith('.ts') ? '../../dist/worker.js' : './worker.js', here);
  if (existsSync(entry)) return entry;
  throw new WorkerError(
    'ML_WORKER_START_FAILED',
    `there is no ${fileURLToPath(entry)} for workers to run; leave base-ml-service out of the application's bundle, or set place to "inline"`,
  );
}

const KEPT = new Set(['--import', '--require', '-r', '--loader', '--experimental-loader', '--conditions', '-C']);

/** The flags of this process that decide how modules are found; others may not be given to a worker. */
export function workerFlags(flags: readonly string[] = process.execArgv): string[] {
  const kept: string[] = [];
  for (const [i, flag] of flags.entries()) {
    const [name = ''] = flag.split('=', 1);
    if (!KEPT.has(name)) continue;
    kept.push(flag);
    if (name === flag && flags[i + 1] !== undefined) kept.push(flags[i + 1] as string);
  }
  return kept;
}
