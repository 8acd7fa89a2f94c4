// Asks servers and clients of others by the Open Inference Protocol: `node test/interop/run.mjs [part ...]`. Needs
// `npm run build` and uv; each part makes its Python environment below .cache/interop once.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const ENVIRONMENTS = join(ROOT, '.cache/interop');

/** Name to requirements file and what is done with that environment's Python. */
const PARTS = {
  'triton-client': {
    requirements: 'requirements-triton.txt',
    async run(python) {
      const server = await startNode([join(HERE, 'identity-server.mjs')]);
      try {
        await run(python, [join(HERE, 'triton_client.py'), server.said.http, server.said.grpc]);
      } finally {
        server.stop();
      }
    },
  },
  'mlserver-requests': {
    requirements: 'requirements-mlserver.txt',
    async run(python) {
      const echo = await startNode([join(HERE, 'identity-server.mjs')]);
      const models = await startNode([join(HERE, 'models-server.mjs'), join(ROOT, 'models')]);
      try {
        const addresses = [models.said.http, echo.said.http];
        await run(python, [join(HERE, 'mlserver_requests.py'), ...addresses, join(ROOT, 'models')]);
      } finally {
        echo.stop();
        models.stop();
      }
    },
  },
  // MLServer serves models of scikit-learn; ours is the client.
  'mlserver-server': {
    requirements: 'requirements-mlserver.txt',
    async run(python) {
      const folder = join(ENVIRONMENTS, 'mlserver-models');
      const [http, grpc, metrics] = await freePorts(3);
      await run(python, [join(HERE, 'mlserver_models.py'), folder, http, grpc, metrics].map(String));
      const ready = `http://127.0.0.1:${http}/v2/health/ready`;
      const server = await startServer(join(dirname(python), 'mlserver'), ['start', folder], ready);
      try {
        const addresses = [`oip+http://127.0.0.1:${http}/v2/models/{}`, `oip+grpc://127.0.0.1:${grpc}/{}`];
        await run(process.execPath, [join(HERE, 'remote-client.mjs'), join(folder, 'references.json'), ...addresses]);
      } finally {
        await server.stop();
      }
    },
  },
  // A deployment of Ray Serve with two replicas that speaks the protocol; ours is the client.
  'ray-server': {
    requirements: 'requirements-ray.txt',
    async run(python) {
      const folder = join(ENVIRONMENTS, 'ray-models');
      const [http] = await freePorts(1);
      mkdirSync(folder, { recursive: true });
      const args = [join(HERE, 'ray_server.py'), folder, String(http)];
      const server = await startServer(python, args, `http://127.0.0.1:${http}/v2/health/ready`);
      try {
        const address = `oip+http://127.0.0.1:${http}/v2/models/{}`;
        await run(process.execPath, [join(HERE, 'remote-client.mjs'), join(folder, 'references.json'), address]);
      } finally {
        await server.stop();
      }
    },
  },
};

/** Ports where nobody listens at present. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Starts a server of others and waits until it says that it is ready. */
async function startServer(command, args, readyUrl) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const keep = (chunk) => (said = (said + chunk).slice(-4_000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(timer);
  };
  for (let i = 0; i < 900; i++) {
    if (child.exitCode !== null) break;
    const ready = await fetch(readyUrl).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return { stop };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await stop();
  throw new Error(`${command} was not ready: ${said}`);
}

/** The Python of an environment with the packages of a requirements file, made anew when that changes. */
function pythonOf(requirements) {
  const file = join(HERE, requirements);
  const folder = join(ENVIRONMENTS, requirements.replace(/^requirements-|\.txt$/g, ''));
  const python = join(folder, 'bin/python');
  const stamp = join(folder, 'requirements.txt');
  const wanted = readFileSync(file, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  mkdirSync(ENVIRONMENTS, { recursive: true });
  execFileSync('uv', ['venv', '--quiet', '--clear', '--python', '3.11', folder], { stdio: 'inherit' });
  execFileSync('uv', ['pip', 'install', '--quiet', '--python', python, '-r', file], { stdio: 'inherit' });
  writeFileSync(stamp, wanted);
  return python;
}

/** Starts a Node script that prints one line of JSON when it is ready, and ends with its standard input. */
async function startNode(args) {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout }))
    return { said: JSON.parse(line), stop: () => child.stdin.end() };
  throw new Error(`${args.join(' ')} ended before it was ready`);
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${args.join(' ')} ended with ${code}`)),
    );
  });
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
let failed = 0;
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`${name} ...`);
  try {
    await part.run(pythonOf(part.requirements));
  } catch (error) {
    failed += 1;
    console.error(`${name}: ${error.message}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
