import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonHome } from './python-home.ts';

let known: string | undefined;

/** Digest of the Python code that converts: other code may convert otherwise. It comes with this code, and is read once. */
export function packageDigest(): string {
  known ??= digest();
  return known;
}

function digest(): string {
  const folder = join(pythonHome(), 'ml_sidecar');
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.py')) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}
