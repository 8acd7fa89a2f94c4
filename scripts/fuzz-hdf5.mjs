#!/usr/bin/env node
// Mutates HDF5 files and checks and reads them: every result must be values, findings or a typed error, in bounded time
// and memory.
//
//   node scripts/fuzz-hdf5.mjs [--seconds 20] [--seed N] [--count N] [--checksums] [FILE or DIRECTORY ...]
//
// Without files: the fixtures of the tests, and the shared ones where they are. Checksums of metadata would catch most
// mutations of newer files, so the reader that is tried does not compare them unless `--checksums` is given. The work is
// done in a child process, so that a crash or a hang is seen; a finding names the file and the seed, and
// `--seed N --count 1 FILE` repeats it. Exit code 1 if anything was found.
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUNDLES = join(ROOT, '.cache', 'fuzz-hdf5');
const FOLDERS = ['test/formats/hdf5/files', '../shared/corpus', '../shared/fixtures/keras-tf'];
const NAME = /\.(h5|hdf5|nc)$/;
/** A larger file is slower to mutate than it is worth. */
const MAX_BYTES = 300_000;
const MAX_MS = 5_000;
const MAX_RSS_MB = 1_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_007) },
    count: { type: 'string' },
    checksums: { type: 'boolean', default: false },
    child: { type: 'string' },
  },
});

if (options.child === undefined) process.exitCode = await supervise();
else await work(options.child);

/** Bundles the reader, which has no entry of its own in the package. */
async function bundle() {
  const { build } = await import('tsup');
  const outDir = join(BUNDLES, options.checksums ? 'strict' : 'lax');
  mkdirSync(outDir, { recursive: true });
  const lax = {
    name: 'without-checksums',
    setup: ({ onLoad }) =>
      onLoad({ filter: /hdf5[\\/]cursor\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        const contents = source.replace('this.u32() !== computed', 'this.u32() < 0 * computed');
        if (contents === source) throw new Error('the comparison of checksums is written differently now');
        return { contents, loader: 'ts' };
      }),
  };
  await build({
    config: false,
    silent: true,
    clean: false,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outDir,
    entry: ['src/formats/hdf5/check-hdf5.ts', 'src/formats/hdf5/read-hdf5.ts', 'src/errors/format-error.ts'].map(
      (file) => join(ROOT, file),
    ),
    esbuildPlugins: options.checksums ? [] : [lax],
    outExtension: () => ({ js: '.mjs' }),
  });
  return outDir;
}

async function supervise() {
  const files = (positionals.length > 0 ? positionals : FOLDERS.map((folder) => join(ROOT, folder)))
    .flatMap(filesIn)
    .filter((file) => NAME.test(file) && statSync(file).size <= MAX_BYTES);
  if (files.length === 0) throw new Error('no files to mutate');
  const bundled = await bundle();
  const first = Number(options.seed);
  const last = options.count === undefined ? Infinity : first + Number(options.count);
  const end = Date.now() + Number(options.seconds) * 1_000;
  const tally = new Map();
  const findings = new Map();
  let slowest = { ms: 0 };
  let child;
  let seed = first;
  const run = (job) =>
    new Promise((done) => {
      child ??= fork(fileURLToPath(import.meta.url), ['--child', bundled], {
        execArgv: ['--max-old-space-size=512'],
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
  const found = (kind, detail, job) => {
    // One report per place: the same bug is met thousands of times.
    const key = `${kind} ${detail.split('\n').slice(0, 3).join(' ').replaceAll(/\d+/g, '0')}`;
    if (!findings.has(key)) console.log(`${kind}: seed ${job.seed} ${job.file}\n  ${detail.slice(0, 1_500)}`);
    findings.set(key, (findings.get(key) ?? 0) + 1);
  };
  for (; seed < last && Date.now() < end; seed++) {
    const job = { seed, file: files[seed % files.length] };
    const result = await run(job);
    tally.set(result.kind, (tally.get(result.kind) ?? 0) + 1);
    if (result.ms > slowest.ms) slowest = { ms: result.ms, ...job };
    if (!/^(clean|ML_)/.test(result.kind)) found(result.kind, result.detail, job);
    else if (result.rss > MAX_RSS_MB) found('HEAVY', `${result.rss} MB`, job);
  }
  child?.kill();
  const parts = [...tally].toSorted((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} ${count}`);
  console.log(`${seed - first} mutations of ${files.length} files, seeds ${first} to ${seed - 1}: ${parts.join(', ')}`);
  console.log(`slowest: ${slowest.ms} ms, seed ${slowest.seed} ${slowest.file}`);
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

async function work(folder) {
  const load = (file) => import(pathToFileURL(join(folder, file)).href);
  const { checkHdf5 } = await load('formats/hdf5/check-hdf5.mjs');
  const { readHdf5 } = await load('formats/hdf5/read-hdf5.mjs');
  const { FormatError } = await load('errors/format-error.mjs');
  const limits = { maxModelBytes: 2 ** 32, maxMetadataBytes: 2 ** 20, maxNesting: 64, maxElements: 5e6, maxFiles: 1e5 };
  process.on('message', ({ seed, file }) => {
    const bytes = mutate(readFileSync(file), generator(seed));
    const start = performance.now();
    let kind = 'clean';
    let detail = '';
    const attempt = (use) => {
      try {
        return use();
      } catch (error) {
        if (error instanceof FormatError) kind = error.code;
        else [kind, detail] = ['UNTYPED', String(error?.stack ?? error)];
        return undefined;
      }
    };
    const findings = attempt(() => checkHdf5(bytes, limits)) ?? [];
    if (kind !== 'UNTYPED') {
      let left = 2_000;
      const visit = (object) => {
        if (left-- <= 0 || kind === 'UNTYPED') return;
        attempt(() => object.attributes.size);
        if (object.kind === 'dataset') attempt(() => object.read());
        else
          for (const name of attempt(() => object.names) ?? []) {
            const child = attempt(() => object.child(name));
            if (child !== undefined) visit(child);
          }
      };
      const root = attempt(() => readHdf5(bytes, limits));
      if (root !== undefined) visit(root);
      if (kind === 'clean' && findings.length > 0) kind = 'ML_FINDINGS_ALONE';
    }
    const ms = Math.round(performance.now() - start);
    process.send({ kind, detail, ms, rss: Math.round(process.memoryUsage().rss / 2 ** 20) });
  });
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

const SIGNATURES = ['TREE', 'HEAP', 'SNOD', 'GCOL', 'OHDR', 'OCHK', 'FRHP', 'FHDB', 'FHIB', 'BTHD', 'BTLF', 'BTIN'];
const STRUCTURES = [...SIGNATURES, 'FAHD', 'FADB', 'EAHD', 'EAIB', 'EASB', 'EADB', 'SMTB'];

/** Changes a few bytes, most of them in or after a structure of the format. */
function mutate(original, random) {
  const int = (below) => Math.floor(random() * below);
  let bytes = Uint8Array.from(original);
  const places = [];
  const text = Buffer.from(original).toString('latin1');
  for (const signature of STRUCTURES) {
    for (let at = text.indexOf(signature); at !== -1; at = text.indexOf(signature, at + 1)) places.push(at);
  }
  const place = () =>
    places.length > 0 && random() < 0.7 ? places[int(places.length)] + 4 + int(120) : int(bytes.length);
  for (let i = 1 + int(4); i > 0 && bytes.length > 64; i--) {
    const at = Math.min(place(), bytes.length - 1);
    switch (int(8)) {
      case 0:
        bytes[at] ^= 1 << int(8);
        break;
      case 1:
        bytes[at] = int(256);
        break;
      case 2:
        bytes[at] = [0, 1, 2, 0x7f, 0x80, 0xff][int(6)];
        break;
      case 3:
        bytes.fill([0, 0xff, 0x7f][int(3)], at, at + 1 + int(12));
        break;
      case 4:
        if (int(6) === 0) bytes = bytes.slice(0, Math.max(64, at));
        break;
      case 5:
        bytes.copyWithin(at, int(bytes.length), Math.min(bytes.length, at + 8 + int(64)));
        break;
      default:
        // An address of something else: circles, and objects of the wrong kind.
        if (places.length > 0 && at + 8 <= bytes.length) {
          new DataView(bytes.buffer).setBigUint64(at & ~7, BigInt(places[int(places.length)]), true);
        }
    }
  }
  return bytes;
}
