// What does a row cost that Python answers: `engine: 'python'`, a worker in the closed room over pipes, against FastAPI
// with uvicorn on loopback, the way that its tutorial shows, asked by one keep-alive connection. The same interpreter,
// packages and pickle for both, one call after the other, rounds interleaved. Processor time is that of both ends. `constant` computes next to nothing, so
// that it shows the round trip; `line` is a logistic regression, `pipeline` a scaler before it. First:
//   ML_CACHE_DIR=.cache/sidecar node dist/cli.js python setup
//   node bench/sidecar-worker.mjs --setup     (a copy of that environment with FastAPI, below .cache)
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { interleave, LIBRARY, median, perCall, ratios, report, ROOT, spread } from './harness.mjs';

const FOLDER = join(ROOT, '.cache/bench-sidecar');
const PYTHON = join(FOLDER, 'venv/bin/python');
const ROUNDS = 7;
const CALLS = 1000;
/** Microseconds of what Linux counts a process's time in. */

if (process.argv.includes('--setup')) {
  mkdirSync(FOLDER, { recursive: true });
  const lock = readdirSync(join(ROOT, 'src/sidecar/python/locks')).findLast((name) => /^sklearn-.*\.txt$/.test(name));
  const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit' });
  if (!existsSync(PYTHON)) run('uv', 'venv', '--quiet', '--python', '3.11', join(FOLDER, 'venv'));
  run('uv', 'pip', 'install', '--quiet', '--python', PYTHON, '-r', join(ROOT, 'src/sidecar/python/locks', lock));
  run('uv', 'pip', 'install', '--quiet', '--python', PYTHON, 'fastapi', 'uvicorn[standard]');
  writeFileSync(
    join(FOLDER, 'make.py'),
    `import joblib, numpy, pickle
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
x = numpy.random.RandomState(0).randn(200, 8)
y = (x[:, 0] > 0).astype(int)
pickle.dump(DummyClassifier().fit(x, y), open("constant.pkl", "wb"))
pickle.dump(LogisticRegression().fit(x, y), open("line.pkl", "wb"))
pickle.dump(make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y), open("pipeline.pkl", "wb"))
`,
  );
  execFileSync(PYTHON, ['make.py'], { cwd: FOLDER, stdio: 'inherit' });
  process.exit();
}
if (!existsSync(join(FOLDER, 'pipeline.pkl'))) {
  report({
    question: 'A row that Python answers',
    rows: [['not measured: see the first lines of bench/sidecar-worker.mjs', '', '']],
  });
  process.exit();
}

const { loadModel } = await import(LIBRARY);
const row = [0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.7, -0.8];
const body = JSON.stringify({ rows: [row] });
const ENV = { ...process.env, OMP_NUM_THREADS: '1', PYTHONWARNINGS: 'ignore' };
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One request on the connection that is kept. */
function post(port) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const call = request({ port, host: '127.0.0.1', path: '/predict', method: 'POST', agent, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString()).predictions));
    });
    call.on('error', reject);
    call.end(body);
  });
}

async function fastapi(model, port) {
  const args = ['-m', 'uvicorn', 'fastapi_app:app', '--port', String(port), '--log-level', 'error', '--no-access-log'];
  const options = { cwd: join(ROOT, 'bench/peers'), env: { ...ENV, MODEL: model }, stdio: 'ignore', detached: true };
  const child = spawn(PYTHON, args, options);
  for (let tries = 0; tries < 600; tries += 1) {
    const up = await post(port).catch(() => undefined);
    if (up !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { pid: child.pid, stop: () => process.kill(-child.pid, 'SIGKILL') };
}

/** Processes that this one started. */
const children = () =>
  readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8')
    .trim()
    .split(' ')
    .map(Number);

/** Microseconds of processor that this process and another one, with all that it started, took so far. */
function spent(pid) {
  const { user, system } = process.cpuUsage();
  return user + system + spentBy(pid);
}

function spentBy(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  // bubblewrap stays around the worker, and is not what computes.
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  const own = (Number(fields[11]) + Number(fields[12])) * (1e6 / 100);
  return children.reduce((sum, child) => sum + spentBy(child), own);
}

/** Microseconds of a call; those of the processor are kept. */
async function measured(call, pid, processor) {
  const before = spent(pid);
  const time = await perCall(call, CALLS);
  processor.push((spent(pid) - before) / CALLS);
  return time;
}

const rows = [];
let port = 18_700 + (process.pid % 200);
for (const name of ['constant', 'line', 'pipeline']) {
  const file = join(FOLDER, `${name}.pkl`);
  port += 1;
  const peer = await fastapi(file, port);
  const before = children();
  const model = await loadModel(file, {
    engine: 'python',
    sidecar: { python: PYTHON, cacheDir: FOLDER, sandbox: 'require' },
  });
  const worker = children().find((pid) => !before.includes(pid));
  const [there] = await post(port);
  const [here] = await model.predict([row]);
  if (there !== here) throw new Error(`${name}: FastAPI says ${there}, the worker ${here}`);
  const processor = { worker: [], fastapi: [] };
  const times = await interleave(
    {
      worker: () => measured(() => model.predict([row]), worker, processor.worker),
      fastapi: () => measured(() => post(port), peer.pid, processor.fastapi),
    },
    ROUNDS,
  );
  // The first round does not count.
  const [own, other] = [processor.worker.slice(1), processor.fastapi.slice(1)];
  const [more, busier] = [ratios(times.fastapi, times.worker), ratios(other, own)];
  rows.push([`${name}: engine 'python'`, `${spread(times.worker, 'us')}; processor ${spread(own, 'us')}`, '']);
  rows.push([`${name}: FastAPI`, `${spread(times.fastapi, 'us')}; processor ${spread(other, 'us')}`, '']);
  rows.push([`${name}: FastAPI over engine 'python'`, spread(more, 'x', 2), 'at least 3x', median(more) >= 3]);
  rows.push([`${name}: ... by processor time`, spread(busier, 'x', 2), 'at least 3x', median(busier) >= 3]);
  await model.dispose();
  peer.stop();
}
agent.destroy();
report({ question: 'A row that Python answers', rows });
