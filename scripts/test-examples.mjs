// Runs the tests of the examples, each by its own runner, which the file's name tells: `*.jest.test.*` by Jest,
// `*.test.ts` by vitest, every other `*.test.{js,mjs,cjs}` by `node --test`. Needs a build in dist/: an example imports
// the library by its name.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startVitest } from 'vitest/node';
import { ROOT } from './source-files.mjs';

const files = readdirSync(join(ROOT, 'examples'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.test\.[cm]?[jt]s$/.test(entry.name))
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
  .filter((file) => !file.includes('node_modules'))
  .sort();

const byJest = files.filter((file) => /\.jest\.test\./.test(file));
const byVitest = files.filter((file) => !byJest.includes(file) && file.endsWith('ts'));
const byNode = files.filter((file) => !byJest.includes(file) && !byVitest.includes(file));

/** Whether the command succeeded. */
function run(name, own, args) {
  console.log(`\n> ${name}: ${own.join(', ')}`);
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

async function runVitest(own) {
  console.log(`\n> vitest: ${own.join(', ')}`);
  // Not the configuration of the library's own tests, which finds nothing outside test/.
  const vitest = await startVitest('test', own, { config: false, root: ROOT, watch: false, include: own });
  const passed = vitest.state.getCountOfFailedTests() === 0 && vitest.state.getUnhandledErrors().length === 0;
  const complete = vitest.state.getTestModules().every((module) => module.ok());
  await vitest.close();
  return passed && complete;
}

const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
const results = [
  byNode.length === 0 || run('node --test', byNode, ['--test', ...byNode]),
  byVitest.length === 0 || (await runVitest(byVitest)),
  byJest.length === 0 || run('jest', byJest, [jest, '--runTestsByPath', ...byJest]),
];

if (files.length === 0) console.error('examples/ holds no test');
process.exitCode = files.length > 0 && results.every(Boolean) ? 0 : 1;
