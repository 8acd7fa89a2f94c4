#!/usr/bin/env node
// Mutates pickles and joblib files and loads them: every result must be a model or a typed error, in bounded time and
// memory. What loads is asked to predict, so that hostile estimators are tried too.
//
//   node scripts/fuzz-pickle.mjs [--seconds 20] [--seed N] [--lib dist/index.js] [--only TEXT] [FILE or DIRECTORY ...]
//
// Without files: the fixtures of the tests, and the shared ones where they are. The work is done in a child process, so
// that a crash or a hang is seen; a finding names the file and the seed, and `--seed N --count 1 FILE` repeats it.
// Exit code 1 if anything was found.
import { fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = [
  'test/fixtures',
  'models',
  '../shared/fixtures/sklearn-pickles',
  '../shared/fixtures/containers',
  '../shared/corpus',
];
const NAME = /\.(pkl|joblib|pickle|sav|dill|npy|gz|bz2|xz|lzma|lz4|z)$/;
/** A larger file is slower to mutate than it is worth. */
const MAX_BYTES = 100_000;
const MAX_MS = 5_000;
const MAX_RSS_MB = 1_200;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_007) },
    count: { type: 'string' },
    lib: { type: 'string', default: 'dist/index.js' },
    only: { type: 'string', default: '' },
    child: { type: 'boolean', default: false },
  },
});

if (options.child) await work();
else process.exitCode = await supervise();

async function supervise() {
  const files = (positionals.length > 0 ? positionals : FOLDERS.map((folder) => join(ROOT, folder)))
    .flatMap(filesIn)
    .filter((file) => NAME.test(file) && file.includes(options.only) && statSync(file).size <= MAX_BYTES);
  if (files.length === 0) throw new Error('no files to mutate');
  const first = Number(options.seed);
  const last = options.count === undefined ? Infinity : first + Number(options.count);
  const end = Date.now() + Number(options.seconds) * 1_000;
  const tally = new Map();
  const findings = new Map();
  let child;
  let seed = first;
  const found = (kind, detail, job) => {
    // One report per place: the same bug is met thousands of times.
    const key = `${kind} ${detail.split('\n').slice(0, 3).join(' ').replaceAll(/\d+/g, '0')}`;
    if (!findings.has(key)) console.log(`${kind}: seed ${job.seed} ${job.file}\n  ${detail.slice(0, 1_500)}`);
    findings.set(key, (findings.get(key) ?? 0) + 1);
  };
  const run = (job) =>
    new Promise((done) => {
      child ??= fork(fileURLToPath(import.meta.url), ['--child', '--lib', resolve(options.lib)], {
        execArgv: ['--max-old-space-size=768'],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      const mine = child;
      let stderr = '';
      const finish = (result, kill) => {
        clearTimeout(timer);
        mine.removeAllListeners();
        mine.stderr.removeAllListeners();
        if (kill) {
          mine.kill('SIGKILL');
          child = undefined;
        }
        done(result);
      };
      const timer = setTimeout(() => finish({ kind: 'HANG', detail: `no answer in ${MAX_MS} ms` }, true), MAX_MS);
      mine.stderr.on('data', (data) => (stderr += data));
      mine.once('message', (result) => finish(result, result.rss > MAX_RSS_MB));
      mine.once('exit', (code, signal) =>
        finish({ kind: 'CRASH', detail: `${signal ?? code} ${stderr.slice(-600)}` }, true),
      );
      mine.send(job);
    });
  for (; seed < last && Date.now() < end; seed++) {
    const job = { seed, file: files[seed % files.length], other: files[(seed * 7 + 3) % files.length] };
    const result = await run(job);
    tally.set(result.kind, (tally.get(result.kind) ?? 0) + 1);
    if (!/^(loaded|ML_)/.test(result.kind)) found(result.kind, result.detail, job);
    else if (result.rss > MAX_RSS_MB) found('HEAVY', `${result.rss} MB`, job);
  }
  child?.kill();
  const parts = [...tally].toSorted((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} ${count}`);
  console.log(`${seed - first} mutations of ${files.length} files, seeds ${first} to ${seed - 1}: ${parts.join(', ')}`);
  console.log(findings.size === 0 ? 'nothing found' : `${findings.size} different findings`);
  return findings.size === 0 ? 0 : 1;
}

function filesIn(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function work() {
  const { loadModel, MLServiceError } = await import(pathToFileURL(options.lib).href);
  process.on('message', async ({ seed, file, other }) => {
    const random = generator(seed);
    const bytes = mutate(readFileSync(file), () => readFileSync(other), random);
    let kind = 'loaded';
    let detail = '';
    const judge = (error) => {
      const { code, cause } = error ?? {};
      // A raw error that was wrapped for the caller is a bug of the reader all the same.
      const wrapped = /^ML_(LOADER_FAILED|LOADER_INVALID|PREDICT_FAILED)$/.test(code);
      if (MLServiceError.isInstance(error) && !wrapped) return code;
      detail = String((wrapped ? (cause?.stack ?? error.stack) : error?.stack) ?? error);
      return 'UNTYPED';
    };
    try {
      const model = await loadModel({ bytes, name: `fuzz.${file.split('.').at(-1)}` });
      kind = (await ask(model, random, judge)) ?? kind;
      await model.dispose();
    } catch (error) {
      kind = judge(error);
    }
    if ({}.polluted !== undefined) [kind, detail] = ['UNTYPED', 'Object.prototype was polluted'];
    process.send({ kind, detail, rss: Math.round(process.memoryUsage().rss / 2 ** 20) });
  });
}

/** Calls every method of a model and its parts. */
async function ask(root, random, judge) {
  const models = [root, ...root.parts.slice(0, 4).flatMap((name) => part(root, name))];
  for (const model of models) {
    const { inputs = [], featureNames } = model.info;
    const shape = inputs[0]?.shape.at(-1);
    const width = Math.min(typeof shape === 'number' ? shape : (featureNames?.length ?? 3), 2_000);
    const numbers = Array.from({ length: 3 }, () => Array.from({ length: width }, () => (random() - 0.5) * 10));
    const texts = [['a'], ['some text 12'], ['']];
    for (const method of model.methods) {
      if (method === 'run') continue;
      for (const rows of [numbers, texts]) {
        try {
          await model[method](rows);
        } catch (error) {
          if (judge(error) === 'UNTYPED') return 'UNTYPED';
        }
      }
    }
  }
  return undefined;
}

function part(root, name) {
  try {
    const found = root.part(name);
    return found.methods.length > 0 ? [found] : [];
  } catch {
    return [];
  }
}

/** mulberry32: small, and the same everywhere. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mutate(original, other, random) {
  const int = (below) => Math.floor(random() * below);
  const bytes = Uint8Array.from(original);
  // What keeps the opcodes whole comes as far as the estimators; the rest tries the reader.
  return random() < 0.6 ? changeValues(bytes, random, int) : changeBytes(bytes, other, int);
}

const OPCODES = '(0.12FGIJKLMNPQRSTUVX]abcdeghijlopqrstu}NO';
const NUMBERS = [0, -0, 1, -1, 0.5, NaN, Infinity, -Infinity, 1e300, 2 ** 31, 2 ** 53];

/** Other numbers, flags and names in the places of those that are there. */
function changeValues(bytes, random, int) {
  const view = new DataView(bytes.buffer);
  const texts = [];
  const places = [];
  for (let at = 0; at + 9 < bytes.length; at++) {
    const op = bytes[at];
    if (op === 0x8c && bytes[at + 1] > 0 && at + 2 + bytes[at + 1] <= bytes.length) texts.push(at);
    if (op === 0x8c || 'KMJG'.includes(String.fromCharCode(op)) || op === 0x88 || op === 0x89 || op === 0x4e)
      places.push(at);
  }
  for (let i = 1 + int(3); i > 0; i--) {
    if (places.length === 0 || random() < 0.3) {
      // The data of an array, most likely.
      const at = int(Math.max(1, bytes.length - 8));
      if (random() < 0.5) bytes[at] = int(256);
      else if (at + 8 <= bytes.length) view.setFloat64(at & ~7, NUMBERS[int(NUMBERS.length)], true);
      continue;
    }
    const at = places[int(places.length)];
    switch (bytes[at]) {
      case 0x8c: {
        const same = texts.filter((place) => bytes[place + 1] === bytes[at + 1]);
        const from = same[int(same.length)];
        if (from !== undefined) bytes.copyWithin(at + 2, from + 2, from + 2 + bytes[at + 1]);
        break;
      }
      case 0x4b:
        bytes[at + 1] = [0, 1, 2, 3, 255, int(256)][int(6)];
        break;
      case 0x4d:
        view.setUint16(at + 1, [0, 1, 65_535, int(65_536)][int(4)], true);
        break;
      case 0x4a:
        view.setInt32(at + 1, [0, -1, 2 ** 31 - 1, -(2 ** 31), int(1_000)][int(5)], true);
        break;
      case 0x47:
        view.setFloat64(at + 1, NUMBERS[int(NUMBERS.length)]);
        break;
      default:
        bytes[at] = [0x4e, 0x88, 0x89][int(3)];
    }
  }
  return bytes;
}

/** Anything anywhere. */
function changeBytes(original, other, int) {
  let bytes = original;
  for (let i = 1 + int(4); i > 0 && bytes.length > 4; i--) {
    const at = int(bytes.length);
    const n = 1 + int(16);
    switch (int(9)) {
      case 0:
        bytes[at] ^= 1 << int(8);
        break;
      case 1:
        bytes[at] = int(256);
        break;
      case 2:
        bytes[at] = [0, 1, 0x7f, 0x80, 0xff][int(5)];
        break;
      case 3:
        bytes.fill([0, 0xff, 0x7f][int(3)], at, at + n);
        break;
      case 4:
        if (int(4) === 0) bytes = bytes.slice(0, Math.max(4, at));
        break;
      case 5:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.min(at + n, bytes.length))]);
        break;
      case 6: {
        const source = other();
        const from = int(source.length);
        bytes.set(source.subarray(from, from + Math.min(n * 8, bytes.length - at)), at);
        break;
      }
      case 7:
        bytes.copyWithin(at, int(bytes.length), Math.min(bytes.length, at + n * 4));
        break;
      default:
        bytes[at] = OPCODES.charCodeAt(int(OPCODES.length));
    }
  }
  return bytes;
}
