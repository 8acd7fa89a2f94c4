#!/usr/bin/env node
// Builds @tensorflow/tfjs-node against the TensorFlow library of a Python wheel, for machines where the download of its
// binary fails (its install script fetches one from a host that many networks do not reach, and there is none for many
// platforms):
//
//   node scripts/build-tfjs-node.mjs [--into DIR] [--tensorflow 2.15.1]
//
// Needs Linux, a C++ compiler, make, Python 3.11 with uv (or pip), and Node's headers beside the running Node. DIR gets
// (or has) a node_modules with the package; default .cache/tfjs-node. The wheel goes to .cache/tensorflow-VERSION and
// must stay there: its libraries are linked to, not copied. tfjs-node 4.22 works on Node 20 and 22, not from 23 on.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VERSION = '4.22.0';
const { values: options } = parseArgs({
  options: {
    into: { type: 'string', default: join(ROOT, '.cache/tfjs-node') },
    tensorflow: { type: 'string', default: '2.15.1' },
  },
});
const into = resolve(options.into);
const packageFolder = join(into, 'node_modules/@tensorflow/tfjs-node');

installPackage();
const wheel = tensorflowWheel(options.tensorflow);
linkLibrary(wheel);
compile();
const found = run(process.execPath, ['-e', trial()], { cwd: into });
console.log(`built ${packageFolder}\n${found.trim()}`);

function installPackage() {
  mkdirSync(into, { recursive: true });
  if (!existsSync(join(into, 'package.json'))) writeFileSync(join(into, 'package.json'), '{ "private": true }\n');
  if (existsSync(join(packageFolder, 'package.json'))) return;
  run(
    'npm',
    ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', `@tensorflow/tfjs-node@${VERSION}`],
    { cwd: into },
  );
}

/** The folder of the `tensorflow` package, installed where it is missing. */
function tensorflowWheel(version) {
  const venv = join(ROOT, '.cache', `tensorflow-${version}`);
  const python = join(venv, 'bin/python');
  const folder = join(venv, 'lib/python3.11/site-packages/tensorflow');
  if (existsSync(join(folder, 'libtensorflow_framework.so.2'))) return folder;
  if (spawnSync('uv', ['--version']).status === 0) {
    run('uv', ['venv', '--quiet', '--python', '3.11', venv]);
    run('uv', ['pip', 'install', '--quiet', '--python', python, `tensorflow-cpu==${version}`]);
  } else {
    run('python3.11', ['-m', 'venv', venv]);
    run(python, ['-m', 'pip', 'install', '--quiet', `tensorflow-cpu==${version}`]);
  }
  return folder;
}

/** The wheel's C++ library exports the whole C API that the binding wants of libtensorflow. */
function linkLibrary(folder) {
  const deps = join(packageFolder, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  symlinkSync(join(folder, 'include'), join(deps, 'include'));
  const libraries = { tensorflow: 'libtensorflow_cc.so.2', tensorflow_framework: 'libtensorflow_framework.so.2' };
  for (const [name, file] of Object.entries(libraries)) {
    symlinkSync(join(folder, file), join(deps, 'lib', `lib${name}.so`));
    symlinkSync(join(folder, file), join(deps, 'lib', file));
  }
}

function compile() {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  const headers = existsSync(join(prefix, 'include/node/node.h')) ? [`--nodedir=${prefix}`] : [];
  run(
    process.execPath,
    [
      nodeGyp(),
      'rebuild',
      ...headers,
      '--module_name=tfjs_binding',
      `--module_path=${join(packageFolder, 'lib/napi-v8')}`,
      '--napi_version=8',
      '--napi_build_version=8',
    ],
    { cwd: packageFolder },
  );
}

/** The node-gyp that npm brings along. */
function nodeGyp() {
  const npm = run('npm', ['root', '--global']).trim();
  const path = join(npm, 'npm/node_modules/node-gyp/bin/node-gyp.js');
  if (!existsSync(path)) throw new Error(`there is no node-gyp at ${path}: install npm globally`);
  return path;
}

/** A program that computes something with the new package. */
function trial() {
  return `const tf = require('@tensorflow/tfjs-node'); const sum = tf.tensor([1, 2, 3]).sum().dataSync()[0];
    if (sum !== 6) throw new Error('wrong sum ' + sum); console.log('tfjs', tf.version_core, 'on TensorFlow', tf.version['tfjs-node'], 'works')`;
}

function run(command, args, settings = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    ...settings,
  });
  if (status === 0) return stdout;
  throw new Error(
    `${command} ${args.join(' ')} failed (${error?.message ?? status}):\n${`${stdout}${stderr}`.split('\n').slice(-30).join('\n')}`,
  );
}
