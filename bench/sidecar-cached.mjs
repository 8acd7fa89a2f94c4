// What does a kept conversion add to a load, against loading the ONNX file itself and judging the source: in a process that
// runs, and as the first load of a fresh one? Needs the packages: `ML_CACHE_DIR=.cache/sidecar node dist/cli.js python setup`.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differences, interleave, LIBRARY, median, report, ROOT, runNode, spread } from './harness.mjs';

const GOAL_MS = 5;
const FILES = join(ROOT, 'test', 'sidecar', 'files');
const { loadModel, scanFile } = await import(LIBRARY);

const folder = await mkdtemp(join(tmpdir(), 'bench-cached-'));
try {
  const rows = [];
  for (const name of ['one_class.pkl', 'mixed.pkl']) rows.push(...(await measure(name)));
  report({ question: 'A kept conversion against its ONNX file and judging the source', rows });
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(name) {
  const source = join(FILES, name);
  const cacheDir = join(folder, name);
  const python = await environment();
  // Converted with the packages that `off` looks for: those of the library's own environment.
  const made = await loadModel(source, { sidecar: { mode: 'auto', cacheDir: join(ROOT, '.cache', 'sidecar') } });
  await made.dispose();
  const own = await loadModel(source, { sidecar: { mode: 'auto', cacheDir, python } });
  await own.dispose();
  const onnx = join(folder, `${name}.onnx`);
  await writeFile(onnx, await converted(join(cacheDir, 'conversions')));

  const load = async (path, options) => {
    const model = await loadModel(path, options);
    await model.dispose();
  };
  const locked = { sidecar: { mode: 'off', cacheDir: join(ROOT, '.cache', 'sidecar') } };
  const ownKept = { sidecar: { mode: 'off', cacheDir, python } };
  const ways = {
    kept: () => load(source, locked),
    own: () => load(source, ownKept),
    onnx: () => load(onnx),
    judged: () => scanFile(source),
  };
  const steady = Object.fromEntries(Object.entries(ways).map(([way, call]) => [way, () => timed(call)]));
  const times = await interleave(steady, 100);
  const fresh = {
    kept: () => first(source, locked),
    onnx: () => first(onnx, {}),
    judged: () => first(source, undefined),
  };
  const firsts = await interleave(fresh, 9);
  const row = (what, values) => [
    `${name}: ${what}`,
    spread(values, 'ms', 2),
    `under ${GOAL_MS} ms`,
    median(values) < GOAL_MS,
  ];
  return [
    row('added, processor time', added(times, 'kept', 'cpu')),
    row('added, wall', added(times, 'kept', 'wall')),
    row('added with ML_PYTHON, processor time', added(times, 'own', 'cpu')),
    row('added with ML_PYTHON, wall', added(times, 'own', 'wall')),
    [
      `${name}: added to the first load of a process, processor time`,
      spread(added(firsts, 'kept', 'cpu'), 'ms', 2),
      '',
    ],
  ];
}

/** Milliseconds beyond what loading the graph and judging the source take by themselves. */
function added(times, way, clock) {
  const of = (name) => times[name].map((time) => time[clock]);
  return differences(differences(of(way), of('onnx')), of('judged'));
}

async function timed(call) {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await call();
  const wall = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}

/** The first load of a fresh process, its imports of the library not counted. */
async function first(path, options) {
  const call =
    options === undefined
      ? `await scanFile(${JSON.stringify(path)});`
      : `await (await loadModel(${JSON.stringify(path)}, ${JSON.stringify(options)})).dispose();`;
  const code = `import { loadModel, scanFile } from ${JSON.stringify(LIBRARY)};
    const before = process.cpuUsage(); ${call} const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);`;
  return { cpu: Number((await runNode(['--input-type=module', '-e', code])).stdout) };
}

async function environment() {
  const home = join(ROOT, '.cache', 'sidecar', 'python');
  const found = (await readdir(home).catch(() => [])).find((name) => /^sklearn-1\.9\.1-[0-9a-f]+$/.test(name));
  if (found === undefined)
    throw new Error('the packages are missing: ML_CACHE_DIR=.cache/sidecar node dist/cli.js python setup');
  return join(home, found, 'bin', 'python');
}

/** The graph in the one conversion of a folder: it stands behind two lines. */
async function converted(conversions) {
  for (const name of await readdir(conversions)) {
    const bytes = await readFile(join(conversions, name));
    const start = bytes.indexOf(0x0a, bytes.indexOf(0x0a) + 1) + 1;
    if (start < bytes.length) return bytes.subarray(start);
  }
  throw new Error('nothing was converted');
}
