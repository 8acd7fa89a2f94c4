// 1,000 times loaded, asked and unloaded in each place, while another model is asked all the time: does any call fail, and
// does memory stay flat? And 1,000 calls to a hanging model in a process, each ended by its deadline: is a child left, an
// answer lost, a rejection unhandled? BENCH_CYCLES sets another number. Inline it is done eight times as often: a cycle takes
// milliseconds there, and V8's heap needs a thousand of them to reach the size that it works with.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIBRARY, median, MODELS, report, ROOT } from './harness.mjs';

const { loadModel, MLServiceRegistry } = await import(LIBRARY);
const CYCLES = Number(process.env.BENCH_CYCLES ?? 1_000);
const KILLS = Number(process.env.BENCH_KILLS ?? CYCLES);
let unhandled = 0;
process.on('unhandledRejection', () => (unhandled += 1));
const sample = JSON.parse(await readFile(join(MODELS, 'samples/digits_mlp_v1_20240210.json'), 'utf8')).input;
const table = [];

for (const [place, cycles] of [
  ['inline', 8 * CYCLES],
  ['thread', CYCLES],
  ['process', CYCLES],
]) {
  const registry = new MLServiceRegistry({ modelsDir: MODELS, models: { digits_mlp: { place } } });
  const model = registry.model('digits_mlp');
  const other = registry.model('tumor_classifier');
  const row = JSON.parse(await readFile(join(MODELS, 'samples/tumor_classifier_v1_20240220.json'), 'utf8')).input[0];
  let failed = 0;
  let asked = 0;
  const traffic = new AbortController();
  const asking = (async () => {
    while (!traffic.signal.aborted) {
      await other.predict([row]).catch(() => (failed += 1));
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  const rss = [];
  const startedAt = performance.now();
  for (let i = 0; i < cycles; i++) {
    const answers = await Promise.allSettled(sample.slice(0, 4).map((one) => model.predict([one])));
    failed += answers.filter(({ status }) => status === 'rejected').length;
    asked += answers.length;
    await registry.unload('digits_mlp');
    rss.push(process.memoryUsage.rss() / 1e6);
  }
  const ms = (performance.now() - startedAt) / cycles;
  traffic.abort();
  await asking;
  await registry.close();
  // The first tenth fills the pools of the allocator and the engine.
  const tenth = Math.ceil(cycles / 10);
  const [early, late] = [median(rss.slice(tenth, 2 * tenth)), median(rss.slice(-tenth))];
  const growth = (late / early - 1) * 100;
  table.push(
    [`${place}: ${cycles} cycles, failed calls`, `${failed} of ${asked}`, 'none', failed === 0],
    [
      `${place}: resident memory, second and last tenth`,
      `${early.toFixed(0)} MB, ${late.toFixed(0)} MB: ${growth.toFixed(1)} %; ${ms.toFixed(0)} ms per cycle`,
      'flat within 10 %',
      growth <= 10,
    ],
  );
}

const { loader } = await import(join(ROOT, 'test/execution/loaders/script-loader.mjs'));
const file = join(tmpdir(), `bench-${process.pid}.script`);
await writeFile(file, '{"predict":"obey"}');
const hanging = await loadModel(file, { loaders: [loader], execution: { place: 'process', restartMs: 0 } });
const pids = new Set();
const outcomes = { answered: 0, late: 0, other: 0 };
const startedAt = performance.now();
for (let i = 0; i < KILLS; i++) {
  const [[pid]] = await Promise.all([hanging.predict([['pid', 0]]), hanging.predict([['say', i]])]);
  pids.add(pid);
  outcomes.answered += 2;
  const error = await hanging.predict([['hang', 0]], { timeoutMs: 5 }).catch((thrown) => thrown);
  outcomes[error?.code === 'ML_DEADLINE_EXCEEDED' ? 'late' : 'other'] += 1;
}
const perKill = (performance.now() - startedAt) / KILLS;
await hanging.dispose();
await new Promise((resolve) => setTimeout(resolve, 500));
const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' });
const left = children.split('\n').filter((pid) => pids.has(Number(pid))).length;
table.push(
  [
    `${KILLS} deadline kills: late, answered, anything else`,
    `${outcomes.late}, ${outcomes.answered}, ${outcomes.other}; ${perKill.toFixed(0)} ms each`,
    'all late or answered',
    outcomes.other === 0 && outcomes.late === KILLS,
  ],
  [`${KILLS} deadline kills: children started, left`, `${pids.size}, ${left}`, 'none left', left === 0],
  ['unhandled rejections', String(unhandled), 'none', unhandled === 0],
);
report({ question: 'Loading, unloading and killing, over and over', rows: table });
