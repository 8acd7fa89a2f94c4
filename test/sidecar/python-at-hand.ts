import { spawnSync } from 'node:child_process';

/** Path of a Python 3 on this machine, or `undefined`, which is said on the console. */
export function pythonAtHand(): string | undefined {
  const python = process.env['ML_PYTHON'] ?? 'python3';
  const { status, stdout } = spawnSync(python, ['-I', '-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  console.warn('NOT TESTED: there is no python3 on this machine, the sidecar is not started');
  return undefined;
}
