// How long does a directory of 10,000 models with metadata take to index, and one changed file after that?
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interleave, LIBRARY, median, report, spread } from './harness.mjs';

const { MLServiceRegistry } = await import(LIBRARY);
const FILES = 10_000;
const dir = await mkdtemp(join(tmpdir(), 'base-ml-service-bench-'));

const metadata = (i, description) =>
  JSON.stringify({
    name: `model_${i >> 2}`,
    version: `${(i & 3) + 1}.0.0`,
    description,
    algorithm: 'Random Forest',
    framework: 'scikit-learn',
    created_at: '2024-01-01T00:00:00Z',
    features: ['amount', 'merchant_category', 'time_of_day'],
    metrics: { accuracy: 0.95 },
    file_path: `trained/model_${i >> 2}_v${(i & 3) + 1}_20240101.onnx`,
    file_size: 8,
    checksum: `sha256:${'0'.repeat(64)}`,
  });
const stem = (i) => `model_${i >> 2}_v${(i & 3) + 1}_20240101`;

async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** The least that any index has to do: list, stat, read and parse. */
async function floor() {
  const names = await readdir(join(dir, 'trained'));
  await Promise.all(names.map((name) => stat(join(dir, 'trained', name))));
  const files = await readdir(join(dir, 'metadata'));
  await Promise.all(files.map(async (name) => JSON.parse(await readFile(join(dir, 'metadata', name), 'utf8'))));
}

try {
  await mkdir(join(dir, 'trained'));
  await mkdir(join(dir, 'metadata'));
  for (let i = 0; i < FILES; i++) {
    await writeFile(join(dir, 'trained', `${stem(i)}.onnx`), 'abcdefgh');
    await writeFile(join(dir, 'metadata', `${stem(i)}.json`), metadata(i, 'first'));
  }
  const kept = new MLServiceRegistry({ modelsDir: dir });
  const watching = new MLServiceRegistry({ modelsDir: dir, watch: true });
  await watching.models();
  let changes = 0;
  const change = (i) => {
    changes += 1;
    return writeFile(join(dir, 'metadata', `${stem(i)}.json`), metadata(i, `change ${changes}`));
  };
  const isSeen = async (registry, i) => {
    const found = await registry.resolve(`model_${i >> 2}`, `v${(i & 3) + 1}`);
    return found.metadata.description === `change ${changes}`;
  };
  const times = await interleave(
    {
      index: () =>
        timed(async () => {
          const models = await new MLServiceRegistry({ modelsDir: dir }).models();
          if (models.length !== FILES || models.some((model) => model.metadata === undefined))
            throw new Error('not all found');
        }),
      floor: () => timed(floor),
      unchanged: async () => {
        await kept.models();
        return timed(() => kept.resolve('model_17', 'v2'));
      },
      changed: async () => {
        await change(4321);
        return timed(async () => {
          kept.refresh();
          if (!(await isSeen(kept, 4321))) throw new Error('the change was not seen');
        });
      },
      // From the event on: how soon the system reports a change is not the library's doing.
      watched: async () => {
        await change(8765);
        for (;;) {
          await new Promise((resolve) => watching.once('repository:change', resolve));
          const startedAt = performance.now();
          if (await isSeen(watching, 8765)) return performance.now() - startedAt;
        }
      },
    },
    9,
  );
  await watching.close();
  report({
    question: '10,000 model files with metadata',
    rows: [
      ['list, stat, read and parse alone', spread(times.floor, 'ms', 0), ''],
      ['first index', spread(times.index, 'ms', 0), 'under 500 ms', median(times.index) < 500],
      ['resolve again, nothing changed', spread(times.unchanged, 'ms', 2), ''],
      ['`refresh()` and resolve, one metadata file changed', spread(times.changed, 'ms', 0), ''],
      [
        'resolve while watching, one metadata file changed',
        spread(times.watched, 'ms', 1),
        'milliseconds',
        median(times.watched) < 50,
      ],
    ],
  });
} finally {
  await rm(dir, { recursive: true, force: true });
}
