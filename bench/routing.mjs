// What does a route add to a call? The same native model, once asked by its name and once as the arm of a route; one row,
// by the processor's clock of this process.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differences, interleave, LIBRARY, median, MODELS, report, spread } from './harness.mjs';

const { MLServiceRegistry } = await import(LIBRARY);
const CALLS = 20_000;
const ROUNDS = 15;
const FILE = 'tumor_classifier_v1_20240220';
const modelsDir = mkdtempSync(join(tmpdir(), 'bench-routing-'));
mkdirSync(join(modelsDir, 'trained'));
for (const name of ['plain', 'routed', 'bounded'])
  for (const version of ['v1', 'v2'])
    copyFileSync(join(MODELS, 'trained', `${FILE}.pkl`), join(modelsDir, 'trained', `${name}_${version}_20240220.pkl`));
const rows = [JSON.parse(readFileSync(join(MODELS, 'samples', `${FILE}.json`), 'utf8')).input[0]];

const registry = new MLServiceRegistry({ modelsDir, env: {} });
const [plain, routed, bounded] = ['plain', 'routed', 'bounded'].map((name) => registry.model(name, 'v1'));
const halves = (bounds) => [
  { name: 'control', version: 'v1', weight: 1 },
  { name: 'candidate', version: 'v2', weight: 1, ...bounds },
];
// The bound never holds by itself: what is measured is its bookkeeping.
await registry.route('bounded', { arms: halves({ bounds: { maxErrorRate: 0.05, maxLatencyMs: 10_000 } }) });
await plain.predict(rows);

/** Microseconds of processor time per call. */
async function cpuPerCall(call) {
  const before = process.cpuUsage();
  for (let i = 0; i < CALLS; i++) await call(i);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

// Keys are made ahead: a caller has its user's id anyway.
const keys = Array.from({ length: CALLS }, (_, i) => `customer/${i * 7919}`);
const told = { id: '' };
const onRouted = ({ id }) => void (told.id = id);
await registry.route('routed', { arms: halves() });
const times = await interleave(
  {
    plain: () => cpuPerCall(() => plain.predict(rows)),
    chance: () => cpuPerCall(() => routed.predict(rows)),
    key: () => cpuPerCall((i) => routed.predict(rows, { routingKey: keys[i] })),
    bounds: () => cpuPerCall((i) => bounded.predict(rows, { routingKey: keys[i] })),
    id: () => cpuPerCall((i) => routed.predict(rows, { routingKey: keys[i], onRouted })),
  },
  ROUNDS,
);
await registry.close();
rmSync(modelsDir, { recursive: true });

function row(what, name) {
  const above = differences(times[name], times.plain);
  return [what, spread(above, 'us', 2), 'less than 2 us', median(above) < 2];
}
report({
  question: 'One row on a native model with a route',
  rows: [
    ['without a route', spread(times.plain, 'us of processor', 2), ''],
    row('above that: two arms, by chance', 'chance'),
    row('... by key', 'key'),
    row('... by key, with bounds of errors and latency', 'bounds'),
    row('... by key, and the caller is told arm and id', 'id'),
  ],
});
