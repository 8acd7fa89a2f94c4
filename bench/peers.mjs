// What do teams use in its place? One endpoint, one row per request, 16 connections over loopback, every server in turn
// within a round: Fastify with the library, Fastify with onnxruntime-node, FastAPI with scikit-learn (one and two
// workers), MLServer with adaptive batching; and a persistent Python child over stdio, without HTTP, 16 calls in flight
// as it takes them. First: `node bench/peers/setup.mjs`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LIBRARY, median, ratios, report, ROOT, runNode, spread } from './harness.mjs';

const FOLDER = join(ROOT, '.cache/bench-peers');
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
const CONNECTIONS = 16;
if (!existsSync(join(FOLDER, 'models/rows.json'))) {
  report({ question: 'Peers over HTTP', rows: [['not measured: run `node bench/peers/setup.mjs` first', '', '']] });
  process.exit();
}
const rows = JSON.parse(readFileSync(join(FOLDER, 'models/rows.json'), 'utf8'));
const plain = join(FOLDER, 'bodies.json');
writeFileSync(plain, JSON.stringify(rows.map((row) => JSON.stringify({ rows: [row] }))));
const inference = join(FOLDER, 'bodies-v2.json');
writeFileSync(
  inference,
  JSON.stringify(
    rows.map((row) => JSON.stringify({ inputs: [{ name: 'x', shape: [1, row.length], datatype: 'FP64', data: row }] })),
  ),
);
const ENV = { ...process.env, OMP_NUM_THREADS: '1', PYTHONWARNINGS: 'ignore' };
let nextPort = 18_100 + (process.pid % 500);

/** Milliseconds of processor time that a process group took so far. Linux counts hundredths of a second. */
function processorMs(group) {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // After the name in brackets: state, parent, group, ..., user and system time as the 12th and 13th.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
      if (Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It ended meanwhile.
    }
  }
  return ticks * 10;
}

/** Starts a server; resolves when it answers. */
async function serve(command, args, { env = {}, url, cwd = ROOT }) {
  const child = spawn(command, args, {
    env: { ...ENV, ...env },
    cwd,
    stdio: ['ignore', 'ignore', 'ignore'],
    detached: true,
  });
  const stop = () =>
    new Promise((resolve) => {
      child.once('exit', resolve);
      // The whole group: servers start workers.
      process.kill(-Number(child.pid), 'SIGKILL');
    });
  stop.group = Number(child.pid);
  for (let i = 0; i < 300; i++) {
    try {
      await fetch(url);
      return stop;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  await stop();
  throw new Error(`${command} ${args.join(' ')} did not start`);
}

const PEERS = {
  library: (model, port) => ({
    start: () =>
      serve(
        process.execPath,
        ['bench/peers/fastify-server.mjs', 'service', join(FOLDER, `models/${model}.joblib`), port],
        { url: `http://127.0.0.1:${port}/` },
      ),
  }),
  raw: (model, port) => ({
    start: () =>
      serve(process.execPath, ['bench/peers/fastify-server.mjs', 'raw', join(FOLDER, `models/${model}.onnx`), port], {
        url: `http://127.0.0.1:${port}/`,
      }),
  }),
  fastapi: (model, port) => fastapi(model, port, 1),
  fastapi2: (model, port) => fastapi(model, port, 2),
  mlserver: (model, port) => {
    const folder = join(FOLDER, `mlserver-${model}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'settings.json'),
      JSON.stringify({
        http_port: port,
        grpc_port: port + 1,
        metrics_port: port + 2,
        parallel_workers: 0,
        debug: false,
      }),
    );
    writeFileSync(
      join(folder, 'model-settings.json'),
      JSON.stringify({
        name: model,
        implementation: 'mlserver_sklearn.SKLearnModel',
        max_batch_size: 64,
        max_batch_time: 0.005,
        parameters: { uri: join(FOLDER, `models/${model}.joblib`), version: 'v1' },
      }),
    );
    return {
      path: `/v2/models/${model}/infer`,
      bodies: inference,
      start: () =>
        serve(join(FOLDER, 'mlserver/bin/mlserver'), ['start', folder], {
          url: `http://127.0.0.1:${port}/v2/health/ready`,
        }),
    };
  },
};

function fastapi(model, port, workers) {
  const args = [
    '-m',
    'uvicorn',
    'fastapi_app:app',
    '--port',
    port,
    '--workers',
    workers,
    '--log-level',
    'warning',
    '--app-dir',
    join(ROOT, 'bench/peers'),
  ];
  return {
    start: () =>
      serve(join(FOLDER, 'fastapi/bin/python'), args.map(String), {
        env: { MODEL: join(FOLDER, `models/${model}.joblib`) },
        url: `http://127.0.0.1:${port}/docs`,
      }),
  };
}

/** Calls per second of a Python child over stdio, `CONNECTIONS` lines ahead. */
async function stdio(model) {
  const child = spawn(
    join(FOLDER, 'fastapi/bin/python'),
    [join(ROOT, 'bench/peers/stdio_child.py'), join(FOLDER, `models/${model}.joblib`)],
    { env: ENV, stdio: ['pipe', 'pipe', 'ignore'] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const send = (i) => child.stdin.write(`${JSON.stringify([rows[i % rows.length]])}\n`);
  const times = [];
  const sentAt = [];
  let sent = 0;
  const startedAt = performance.now();
  for (; sent < CONNECTIONS; sent++) {
    sentAt.push(performance.now());
    send(sent);
  }
  for (let got = 0; performance.now() - startedAt < SECONDS * 1000; got++) {
    await lines.next();
    times.push(performance.now() - sentAt[got]);
    sentAt.push(performance.now());
    send(sent++);
  }
  const perSecond = (times.length * 1000) / (performance.now() - startedAt);
  child.kill('SIGKILL');
  times.sort((a, b) => a - b);
  return { perSecond, p50: median(times), p99: times[Math.floor(0.99 * times.length)] };
}

const NAMES = {
  library: 'Fastify and this library (the joblib file)',
  raw: 'Fastify and onnxruntime-node, one thread',
  fastapi: 'FastAPI and scikit-learn, 1 worker',
  fastapi2: 'FastAPI and scikit-learn, 2 workers',
  mlserver: 'MLServer, adaptive batching',
  stdio: 'Python child over stdio, no HTTP',
};
const table = [];
void LIBRARY;
for (const model of ['forest', 'logistic']) {
  const results = Object.fromEntries(Object.keys(NAMES).map((name) => [name, []]));
  const answers = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(NAMES)) {
      if (name === 'stdio') {
        results.stdio.push(await stdio(model));
        continue;
      }
      const port = (nextPort += 5);
      const { start, path = '/predict', bodies = plain } = PEERS[name](model, port);
      let stop;
      try {
        stop = await start();
        const before = processorMs(stop.group);
        const { stdout } = await runNode([
          join(ROOT, 'bench/peers/load.mjs'),
          `http://127.0.0.1:${port}${path}`,
          String(CONNECTIONS),
          String(SECONDS),
          bodies,
        ]);
        const { answer, asked, ...measured } = JSON.parse(stdout);
        answers.set(name, answer);
        results[name].push({ ...measured, cost: (processorMs(stop.group) - before) / asked });
      } catch (error) {
        console.error(`${name}: ${error.message}`);
      } finally {
        await stop?.();
      }
    }
  }
  const of = (name, key) => results[name].map((one) => one[key]);
  const complete = (name) => results[name].length === ROUNDS;
  const goals = { fastapi: model === 'forest' ? 60 : 6, raw: model === 'forest' ? 1.5 : 1 };
  for (const [name, label] of Object.entries(NAMES)) {
    if (!complete(name)) {
      table.push([`${model}: ${label}`, 'did not run', '']);
      continue;
    }
    const cost = name === 'stdio' ? '' : `, ${spread(of(name, 'cost'), 'ms', 3)} of processor each`;
    table.push([
      `${model}: ${label}`,
      `${spread(of(name, 'perSecond'), 'requests/s', 0)}, p50 ${spread(of(name, 'p50'), 'ms', 1)}, p99 ${spread(of(name, 'p99'), 'ms', 1)}${cost}`,
      '',
    ]);
    if (name === 'library') continue;
    const goal = goals[name];
    const judged = (values) => [
      spread(values, 'x'),
      goal === undefined ? '' : `${goal}x`,
      goal === undefined ? undefined : median(values) >= goal,
    ];
    table.push([
      '... the library answers more by',
      ...judged(ratios(of('library', 'perSecond'), of(name, 'perSecond'))),
    ]);
    if (name !== 'stdio')
      table.push([
        '... the library takes less processor time by',
        ...judged(ratios(of(name, 'cost'), of('library', 'cost'))),
      ]);
  }
}
report({ question: 'One row per request, 16 connections, over loopback', rows: table });
