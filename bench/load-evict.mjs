// 1,000 loads, each evicting the model before it: does memory stay flat, and the budget kept at every event?
// The allocator and the engine fill their pools in the first 1,500 loads (the engine alone does so too), so that
// as many are made before memory is compared; all loads count for the budget.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIBRARY, MODELS, median, report } from './harness.mjs';

const { MLServiceRegistry } = await import(LIBRARY);
const WARM_UP = 2_000;
const CYCLES = WARM_UP + 1_000;
const models = [
  ['digits_mlp', 'digits_mlp_v1_20240210'],
  ['tumor_classifier', 'tumor_classifier_v1_20240220'],
];
const rows = await Promise.all(
  models.map(async ([, file]) => [
    JSON.parse(await readFile(join(MODELS, 'samples', `${file}.json`), 'utf8')).input[0],
  ]),
);

const measuring = new MLServiceRegistry({ modelsDir: MODELS });
const bytes = await Promise.all(models.map(async ([name]) => (await measuring.load(name)).info.bytes));
await measuring.close();

// Room for either model, never for both.
const maxBytes = Math.max(...bytes);
const registry = new MLServiceRegistry({ modelsDir: MODELS, cache: { maxBytes, minResidencyMs: 0 } });
let loads = 0;
let evictions = 0;
let events = 0;
let exceeded = 0;
const checkBudget = ({ residentBytes, reservedBytes, budgetBytes }) => {
  events += 1;
  if (residentBytes + reservedBytes > budgetBytes) exceeded += 1;
};
const checkNow = () => checkBudget(registry.health().memory);
registry.on('memory:sample', checkBudget);
registry.on('memory:pressure', checkBudget);
for (const event of ['load:start', 'cache:evict', 'health:change', 'verify:end']) registry.on(event, checkNow);
registry.on('load:end', () => {
  loads += 1;
  checkNow();
});
registry.on('cache:evict', () => (evictions += 1));

const rss = [];
const startedAt = performance.now();
for (let i = 0; i < CYCLES; i++) {
  const [name] = models[i % 2];
  await registry.model(name).predict(rows[i % 2]);
  rss.push(process.memoryUsage.rss() / 1e6);
}
const ms = (performance.now() - startedAt) / CYCLES;
await registry.close();
const around = (load) => median(rss.slice(load - 50, load + 50));
const [early, late] = [around(WARM_UP), around(CYCLES)];
const growth = (late / early - 1) * 100;
const shown = [100, 1_000, WARM_UP, CYCLES].map((load) => `${around(load).toFixed(0)} MB at ${load}`).join(', ');
report({
  question: '1,000 loads, each evicting the other model',
  rows: [
    ['loads, evictions', `${loads}, ${evictions}`, `${CYCLES}`, loads === CYCLES && evictions >= CYCLES - 1],
    [
      `resident memory after a load; growth over the last ${CYCLES - WARM_UP}`,
      `${shown}; ${growth >= 0 ? '+' : ''}${growth.toFixed(1)} %`,
      'flat within 10 %',
      Math.abs(growth) <= 10,
    ],
    [
      `events at which the budget of ${maxBytes} bytes was exceeded`,
      `${exceeded} of ${events}`,
      'none',
      exceeded === 0,
    ],
    ['one cycle: evict, find, verify, load, predict', `${ms.toFixed(2)} ms`, ''],
  ],
});
