// Makes what bench/peers.mjs needs below .cache/bench-peers, with uv: `node bench/peers/setup.mjs`.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../harness.mjs';

const FOLDER = join(ROOT, '.cache/bench-peers');
const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit', cwd: ROOT });
mkdirSync(FOLDER, { recursive: true });
for (const name of ['fastapi', 'mlserver']) {
  const python = join(FOLDER, name, 'bin/python');
  if (!existsSync(python)) run('uv', 'venv', '--python', '3.11', join(FOLDER, name));
  run('uv', 'pip', 'install', '--python', python, '-r', join(ROOT, `bench/peers/requirements-${name}.txt`));
}
run(join(FOLDER, 'fastapi/bin/python'), join(ROOT, 'bench/peers/make_models.py'), join(FOLDER, 'models'));
