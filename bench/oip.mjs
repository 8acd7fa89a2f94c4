// Does `serve` answer at least ten times as many requests a second as MLServer, for the same scikit-learn model on the
// same machine, with a lower p99? One row per request, HTTP and JSON, 16 connections by autocannon. Both servers run;
// they are loaded one after the other, in turns. MLServer computes in its own process with adaptive batching, its
// quickest way here.
//
// Needs `node bench/peers/setup.mjs` once, and `npm run build`.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { median, ratios, report, ROOT, spread } from './harness.mjs';

const FOLDER = join(ROOT, '.cache/bench-peers');
const MLSERVER = join(FOLDER, 'mlserver/bin/mlserver');
const CONNECTIONS = 16;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const PORTS = { serve: 18_080, mlserver: 18_090 };
const MODELS = ['forest', 'logistic'];

if (!existsSync(MLSERVER)) {
  console.error('MLServer is missing: run `node bench/peers/setup.mjs` first');
  process.exit(2);
}

/** Starts a server; gives what stops it. */
async function start(command, args, readyUrl) {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'ignore'] });
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    const ready = await fetch(readyUrl).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return () => child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child.kill('SIGKILL');
  throw new Error(`${command} is not ready`);
}

function startServe() {
  const trained = join(FOLDER, 'oip-models/trained');
  mkdirSync(trained, { recursive: true });
  for (const model of MODELS)
    copyFileSync(join(FOLDER, `models/${model}.joblib`), join(trained, `${model}_v1_20240101.joblib`));
  const args = ['dist/cli.js', '--models-dir', join(FOLDER, 'oip-models'), 'serve', '--port', PORTS.serve];
  return start(process.execPath, args.map(String), `http://127.0.0.1:${PORTS.serve}/v2/health/ready`);
}

function startMLServer() {
  const folder = join(FOLDER, 'oip-mlserver');
  mkdirSync(folder, { recursive: true });
  const port = PORTS.mlserver;
  const settings = { http_port: port, grpc_port: port + 1, metrics_port: port + 2, parallel_workers: 0, debug: false };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  for (const name of MODELS) {
    mkdirSync(join(folder, name), { recursive: true });
    const modelSettings = {
      name,
      implementation: 'mlserver_sklearn.SKLearnModel',
      max_batch_size: 64,
      max_batch_time: 0.005,
      parameters: { uri: join(FOLDER, `models/${name}.joblib`), version: 'v1' },
    };
    writeFileSync(join(folder, name, 'model-settings.json'), JSON.stringify(modelSettings));
  }
  return start(MLSERVER, ['start', folder], `http://127.0.0.1:${port}/v2/health/ready`);
}

const rows = JSON.parse(readFileSync(join(FOLDER, 'models/rows.json'), 'utf8'));
const bodyOf = (row) =>
  JSON.stringify({
    inputs: [{ name: 'input-0', datatype: 'FP64', shape: [1, row.length], data: row }],
    outputs: [{ name: 'predict_proba' }],
  });
const urlOf = (server, model) => `http://127.0.0.1:${PORTS[server]}/v2/models/${model}/infer`;

async function probabilities(server, model, row) {
  const response = await fetch(urlOf(server, model), {
    method: 'POST',
    body: bodyOf(row),
    headers: { 'content-type': 'application/json' },
  });
  return (await response.json()).outputs[0].data;
}

async function load(server, model, seconds = SECONDS) {
  const result = await autocannon({
    url: urlOf(server, model),
    connections: CONNECTIONS,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    requests: rows.slice(0, 64).map((row) => ({ body: bodyOf(row) })),
  });
  if (result.non2xx + result.errors > 0) throw new Error(`${server}: ${result.non2xx + result.errors} failed`);
  return { perSecond: result.requests.total / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}

const stops = [];
try {
  stops.push(await startServe(), await startMLServer());
  const table = [];
  for (const model of MODELS) {
    // Equal answers first: a quick wrong one is worth nothing.
    for (const row of rows.slice(0, 20)) {
      const [ours, theirs] = [await probabilities('serve', model, row), await probabilities('mlserver', model, row)];
      const apart = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i])));
      if (!(apart <= 1e-12)) throw new Error(`${model}: the answers are ${apart} apart`);
    }
    const runs = { serve: [], mlserver: [] };
    for (let round = -1; round < ROUNDS; round++) {
      const order = round % 2 === 0 ? ['serve', 'mlserver'] : ['mlserver', 'serve'];
      for (const server of order) {
        const run = await load(server, model, round < 0 ? 2 : SECONDS);
        if (round >= 0) runs[server].push(run);
      }
    }
    const of = (server, key) => runs[server].map((run) => run[key]);
    const times = ratios(of('serve', 'perSecond'), of('mlserver', 'perSecond'));
    const waits = ratios(
      of('mlserver', 'p99'),
      of('serve', 'p99').map((p99) => Math.max(p99, 1)),
    );
    for (const server of ['serve', 'mlserver']) {
      const what = server === 'serve' ? 'base-ml-service serve' : 'MLServer, in-process, adaptive batching';
      const p = `p50 ${spread(of(server, 'p50'), '')}, p99 ${spread(of(server, 'p99'), 'ms')}`;
      table.push([`${model}: ${what}`, `${spread(of(server, 'perSecond'), 'requests/s', 0)}, ${p}`, '', undefined]);
    }
    table.push([`${model}: requests/s, pair by pair`, spread(times, 'x'), 'at least 10 x', median(times) >= 10]);
    table.push([`${model}: p99 of MLServer over ours`, spread(waits, 'x'), 'over 1 x', median(waits) > 1]);
  }
  report({ question: `Open Inference Protocol over HTTP: one row, ${CONNECTIONS} connections`, rows: table });
} finally {
  for (const stop of stops) stop();
}
