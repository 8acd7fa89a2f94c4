// 10,000 swaps between two versions while callers ask all the time: does any call fail, is any answered by a model that is
// not whole, or by one that no longer served? BENCH_SWAPS sets another number. Versions are the ONNX files of
// fraud_detector, each with its checksum and with samples that every swap compares.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIBRARY, MODELS, median, report } from './harness.mjs';

const { MLServiceRegistry } = await import(LIBRARY);
const SWAPS = Number(process.env.BENCH_SWAPS ?? 10_000);
const CALLERS = 8;
const FILES = { v1: 'fraud_detector_v1_20240101', v2: 'fraud_detector_v2_20240301' };

const modelsDir = await mkdtemp(join(tmpdir(), 'bench-swap-'));
await mkdir(join(modelsDir, 'trained'));
await mkdir(join(modelsDir, 'metadata'));
let rows;
for (const [version, file] of Object.entries(FILES)) {
  const bytes = await readFile(join(MODELS, 'trained', `${file}.onnx`));
  const { input, expected } = JSON.parse(await readFile(join(MODELS, 'samples', `${file}.json`), 'utf8'));
  rows ??= input.data;
  const metadata = {
    name: 'fraud',
    version,
    checksum: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    file_path: `trained/fraud_${version}.onnx`,
    samples: { rows: input.data, ...expected },
  };
  await writeFile(join(modelsDir, metadata.file_path), bytes);
  await writeFile(join(modelsDir, 'metadata', `fraud_${version}.json`), JSON.stringify(metadata));
}

async function measure(policy) {
  const registry = new MLServiceRegistry({ modelsDir });
  const model = registry.model('fraud', 'v1');
  const ask = async () => JSON.stringify((await model.predictProba(rows)).data);
  const versionOf = new Map([[await ask(), 'v1']]);
  await registry.swap('fraud', { to: 'v2', policy });
  versionOf.set(await ask(), 'v2');

  const counts = { answered: 0, failed: 0, strange: 0, stale: 0, swapped: 0, refused: 0 };
  const servedNow = () => `${counts.swapped} ${registry.modelHealth('fraud', 'v1').artefact}`;
  const waits = [];
  const traffic = new AbortController();
  const caller = async () => {
    while (!traffic.signal.aborted) {
      const before = servedNow();
      const startedAt = performance.now();
      try {
        const version = versionOf.get(await ask());
        counts.answered += 1;
        if (version === undefined) counts.strange += 1;
        // No switch between question and answer: only what served all the time may have answered.
        else if (before === servedNow() && !before.includes(`fraud_${version}.`)) counts.stale += 1;
      } catch {
        counts.failed += 1;
      }
      // Every sixteenth: a million numbers would show in the memory that is measured.
      if ((counts.answered + counts.failed) % 16 === 0) waits.push(performance.now() - startedAt);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const callers = Array.from({ length: CALLERS }, caller);
  const times = [];
  const rss = [];
  for (let i = 0; i < SWAPS; i++) {
    const to = i % 2 === 0 ? 'v1' : 'v2';
    try {
      const { changed, durationMs } = await registry.swap('fraud', { to, policy, samples: 'require' });
      if (changed) counts.swapped += 1;
      times.push(durationMs);
    } catch {
      counts.refused += 1;
    }
    // Whoever asks from now on is answered by the new version.
    if (versionOf.get(await ask()) !== to) counts.stale += 1;
    rss.push(process.memoryUsage.rss() / 1e6);
  }
  traffic.abort();
  await Promise.all(callers);
  await registry.close();
  return { counts, times, waits, rss };
}

const table = [];
for (const policy of ['availability-first', 'memory-first']) {
  const { counts, times, waits, rss } = await measure(policy);
  const tenth = Math.max(1, Math.floor(SWAPS / 10));
  const [early, late] = [median(rss.slice(tenth, 2 * tenth)), median(rss.slice(-tenth))];
  table.push(
    [`${policy}: swaps, refused`, `${counts.swapped}, ${counts.refused}`, `${SWAPS}, 0`, counts.swapped === SWAPS],
    ['calls answered meanwhile', `${counts.answered}`, ''],
    ['calls failed', `${counts.failed}`, 'none', counts.failed === 0],
    ['answers that are those of neither version', `${counts.strange}`, 'none', counts.strange === 0],
    ['answers of a version that no longer served', `${counts.stale}`, 'none', counts.stale === 0],
    ['one swap: resolve, load, verify, compare, samples, switch, drain', percentiles(times), ''],
    ['one call of a caller, with its wait', percentiles(waits), ''],
    ['resident memory, second tenth and last tenth of the swaps', `${early.toFixed(0)}, ${late.toFixed(0)} MB`, ''],
  );
}
await rm(modelsDir, { recursive: true });
report({ question: `${SWAPS} swaps under load of ${CALLERS} callers`, rows: table });

function percentiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(2);
  return `median ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)} ms`;
}
