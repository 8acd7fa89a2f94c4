// What the measurements share: interleaved rounds, medians with their spread, ratios pair by pair
// (each round's two values were taken next to each other, so noise of the machine hits both), and
// one way to report.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const LIBRARY = new URL('../dist/index.js', import.meta.url).href;
export const MODELS = fileURLToPath(new URL('../models', import.meta.url));

/**
 * Runs every contestant once per round, in an order that rotates, after one round that does not
 * count. A contestant is an async function that gives one value (a time).
 *
 * @returns name to the values of all rounds, in order
 */
export async function interleave(contestants, rounds) {
  const names = Object.keys(contestants);
  const values = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + Math.max(round, 0)) % names.length];
      globalThis.gc?.();
      const value = await contestants[name]();
      if (round >= 0) values[name].push(value);
    }
  }
  return values;
}

/** Microseconds per call of `call`, awaited one after the other. */
export async function perCall(call, calls) {
  const startedAt = performance.now();
  for (let i = 0; i < calls; i++) await call();
  return ((performance.now() - startedAt) * 1000) / calls;
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `12.3 (11.9-13.0) ms`: median, smallest and largest. */
export function spread(values, unit, digits = 1) {
  const [middle, low, high] = [median(values), Math.min(...values), Math.max(...values)].map((v) => v.toFixed(digits));
  return `${middle} (${low}-${high})${unit === '' ? '' : ` ${unit}`}`;
}

export const ratios = (values, base) => values.map((value, i) => value / base[i]);
export const differences = (values, base) => values.map((value, i) => value - base[i]);

/** Runs a Node process to its end: `{ ms, stdout }`; rejects if it fails. */
export function runNode(args) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (code) => {
      const ms = performance.now() - startedAt;
      if (code === 0) resolve({ ms, stdout });
      else reject(new Error(`node ${args.join(' ')} ended with ${code}: ${stderr}`));
    });
  });
}

/** The native runtime, as a user of it alone would have it. */
export const ortNode = () => createRequire(import.meta.url)('onnxruntime-node');

/**
 * Ends a measurement.
 *
 * @param result.question what was asked
 * @param result.rows `[what, measured, goal or '', met: true, false or undefined]`
 */
export function report({ question, rows }) {
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ question, rows }));
    return;
  }
  console.log(markdown([{ question, rows }]));
}

export function markdown(results) {
  const lines = ['| question | measured | result | goal |', '|---|---|---|---|'];
  for (const { question, rows } of results) {
    rows.forEach(([what, measured, goal, met], i) => {
      // JSON has no undefined: a row without a goal comes back with null.
      const verdict = met === undefined || met === null ? goal : `${goal}: ${met ? 'met' : '**missed**'}`;
      lines.push(`| ${i === 0 ? question : ''} | ${what} | ${measured} | ${verdict} |`);
    });
  }
  return lines.join('\n');
}
