// Sums up a run of .ci/run: the steps, what the test runners counted, and as the last line `N passed, N failed`.
// Exits with 1 where anything failed or no test ran.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const folder = process.argv[2];

/** What vitest wrote as JSON. A file that could not even be collected counts as one failure. */
function fromJson(path) {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(path, 'utf8'));
  const broken = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'));
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

/** What runners without a results file printed: node --test (spec or TAP), Jest, vitest. */
function fromLog(text) {
  let passed = 0;
  let failed = 0;
  for (const line of stripVTControlCharacters(text).split('\n')) {
    const node = /^(?:ℹ|#) (pass|fail) (\d+)\s*$/.exec(line);
    if (node?.[1] === 'pass') passed += Number(node[2]);
    if (node?.[1] === 'fail') failed += Number(node[2]);
    if (/^\s*Tests:?\s+.*\b(passed|failed)\b/.test(line)) {
      passed += Number(/(\d+) passed/.exec(line)?.[1] ?? 0);
      failed += Number(/(\d+) failed/.exec(line)?.[1] ?? 0);
    }
  }
  return { passed, failed };
}

function countsOf(name) {
  const json = join(folder, `${name}.json`);
  return existsSync(json) ? fromJson(json) : fromLog(readFileSync(join(folder, `${name}.log`), 'utf8'));
}

const steps = readFileSync(join(folder, 'steps.tsv'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t'))
  .map(([kind, name, status, seconds]) => ({ kind, name, ok: status === '0', seconds }));

let passed = 0;
let failed = 0;
console.log('\n=== summary');
for (const { kind, name, ok, seconds } of steps) {
  const counts = kind === 'tests' ? countsOf(name) : { passed: 0, failed: 0 };
  passed += counts.passed;
  // A step that failed without a failed test, a check above all, counts as one failure.
  failed += ok ? counts.failed : Math.max(counts.failed, 1);
  const tests = kind === 'tests' ? `${counts.passed} passed, ${counts.failed} failed` : '';
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.padStart(4)} s  ${tests}`.trimEnd());
}
console.log();
if (passed === 0) {
  failed += 1;
  console.log('no test passed');
}
const summary = join(folder, 'test.log');
if (existsSync(summary)) {
  const lines = stripVTControlCharacters(readFileSync(summary, 'utf8')).split('\n');
  console.log(lines.filter((line) => /^\s*(Test Files|Tests|Duration)\s/.test(line)).join('\n'));
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
