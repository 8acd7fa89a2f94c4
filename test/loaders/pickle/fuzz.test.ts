import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LIB = process.env['FUZZ_LIB'] ?? join(ROOT, 'dist/index.js');

it('mutated files give values or typed errors', { timeout: 60_000 }, () => {
  expect(existsSync(LIB), 'the tests need a build: npm run build').toBe(true);
  const args = [join(ROOT, 'scripts/fuzz-pickle.mjs'), '--seconds', '8', '--seed', '20261124', '--lib', LIB];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 50_000 });
  expect(`${stdout}${stderr}`).toMatch(/nothing found/);
  expect(status).toBe(0);
  expect(Number(/^(\d+) mutations/m.exec(stdout)?.[1])).toBeGreaterThan(500);
});
