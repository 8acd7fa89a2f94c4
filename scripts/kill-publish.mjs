// Kills commands that change a models directory at random points (SIGKILL to a process of its own) and looks after each
// kill: every version that was complete loads with its own bytes, nothing else is seen, and the same command, run again,
// succeeds. Needs dist/ (npm run build).
//   node scripts/kill-publish.mjs [--kills 200] [--seed 1] [--json]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { backupModels, MLServiceRegistry, publishModel, pruneModels, restoreModels } from '../dist/index.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SELF = fileURLToPath(import.meta.url);
const TRAINED = join(ROOT, 'models', 'trained');
const TUMOR = [join(TRAINED, 'tumor_classifier_v1_20240115.pkl'), join(TRAINED, 'tumor_classifier_v1_20240220.pkl')];
const DIGITS = join(TRAINED, 'digits_mlp_v1_20240210.pkl');
const EXTERNAL = join(ROOT, 'test', 'fixtures', 'onnx', 'ext.onnx');
const CREATED = { created_at: '2026-01-01T00:00:00Z' };

/** What the child does; `folder` is the models directory, `other` the backup. */
const COMMANDS = {
  publish: ({ folder }) => publish(folder, DIGITS, 'digits', 'v1'),
  'publish a folder': ({ folder }) => publish(folder, EXTERNAL, 'graph', 'v1'),
  backup: ({ folder, other }) => backupModels({ modelsDir: folder, to: other }),
  'backup an archive': ({ folder, other }) => backupModels({ modelsDir: folder, to: `${other}.tar.gz` }),
  restore: ({ folder, other }) => restoreModels({ modelsDir: folder, from: other }),
  'restore and replace': ({ folder, other }) => restoreModels({ modelsDir: folder, from: other, replace: true }),
  prune: ({ folder }) => pruneModels({ modelsDir: folder, keep: 1, apply: true, env: {} }),
};

function publish(modelsDir, file, name, version) {
  return publishModel(file, { modelsDir, name, version, date: '20260101', metadata: CREATED });
}

async function child(command, folder, other) {
  // Everything that is imported on first use is there before the parent begins to count.
  const warm = mkdtempSync(join(tmpdir(), 'kill-warm-'));
  mkdirSync(join(warm, 'models'));
  await publish(join(warm, 'models'), TUMOR[0], 'warm', 'v1');
  await backupModels({ modelsDir: join(warm, 'models'), to: join(warm, 'backup.tar.gz') });
  rmSync(warm, { recursive: true });
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  await COMMANDS[command]({ folder, other });
  process.stdout.write('done\n');
  process.exit(0);
}

/** Runs a command in a process of its own and kills it after a time. Gives how far it came and how long it took. */
function runAndKill(command, { folder, other }, afterMs) {
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, [SELF, '--child', command, folder, other], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let text = '';
    let errors = '';
    let startedAt = 0;
    process_.stderr.on('data', (data) => (errors += data));
    process_.stdout.on('data', (data) => {
      text += data;
      if (startedAt === 0 && text.includes('ready\n')) {
        startedAt = performance.now();
        process_.stdin.write('go\n');
        if (afterMs !== undefined) setTimeout(() => process_.kill('SIGKILL'), afterMs);
      }
    });
    process_.on('error', reject);
    process_.on('close', (code, signal) => {
      if (signal === null && code !== 0) reject(new Error(`${command} failed: ${errors}`));
      else resolve({ killed: signal === 'SIGKILL' && !text.includes('done'), ms: performance.now() - startedAt });
    });
  });
}

/** Id to digest of everything that a reader sees who insists on checksums; throws where something does not load. */
async function whatLoads(folder) {
  const registry = new MLServiceRegistry({ modelsDir: folder, verification: 'require', sidecar: 'off', env: {} });
  const found = {};
  for (const { id, name, version, area } of await registry.models()) {
    const { info } = await registry.load(name, version, { area });
    found[id] = info.sha256;
  }
  await registry.close();
  return found;
}

/** Digests of all files but the library's own. */
function filesIn(folder) {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const found = {};
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name);
    const id = path.slice(folder.length + 1);
    if (!id.startsWith('.base-ml-service')) found[id] = createHash('sha256').update(readFileSync(path)).digest('hex');
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Where each command begins: a models directory and a backup, made once and copied for every kill. */
async function makeStarts(base) {
  const two = join(base, 'two');
  mkdirSync(join(two, 'trained'), { recursive: true });
  for (const [i, file] of TUMOR.entries()) await publish(two, file, 'tumor', `v${i + 1}`);
  const backup = join(base, 'two-backup');
  await backupModels({ modelsDir: two, to: backup });
  const empty = join(base, 'empty');
  mkdirSync(join(empty, 'trained'), { recursive: true });
  const differing = join(base, 'differing');
  mkdirSync(join(differing, 'trained'), { recursive: true });
  await publish(differing, TUMOR[1], 'tumor', 'v1');
  await publish(differing, DIGITS, 'digits', 'v1');
  const none = join(base, 'none');
  return {
    publish: [two, none],
    'publish a folder': [two, none],
    backup: [two, none],
    'backup an archive': [two, none],
    restore: [empty, backup],
    'restore and replace': [differing, backup],
    prune: [two, none],
  };
}

/** Tries one command: kills it after `afterMs`, looks, runs it again, looks. */
async function tryOnce(command, { start, backup, done, before, afterMs, base }) {
  const work = mkdtempSync(join(base, 'try-'));
  const [folder, other] = [join(work, 'models'), join(work, 'backup')];
  cpSync(start, folder, { recursive: true });
  if (existsSync(backup)) cpSync(backup, other, { recursive: true });
  const { killed } = await runAndKill(command, { folder, other }, afterMs);
  const problems = [];
  const seen = await whatLoads(folder).catch((error) => ({ error: String(error) }));
  if ('error' in seen) problems.push(`something is seen that does not load: ${seen.error}`);
  // Readers find a version as it was, as it is to be, or (replaced or removed just now) not at all; others are all there.
  for (const [id, sha256] of Object.entries(seen))
    if (id !== 'error' && before[id] !== sha256 && done.loads[id] !== sha256) problems.push(`${id} has other bytes`);
  for (const [id, sha256] of Object.entries(before))
    if (done.loads[id] === sha256 && seen[id] !== sha256) problems.push(`${id} is lost`);
  const repeated = await runAndKill(command, { folder, other }).catch((error) => error);
  // Killed after its work, before it could say so.
  const isDone = /is published already, as .*, with the same bytes|a backup is never overwritten/;
  const completed = repeated instanceof Error && isDone.test(repeated.message);
  if (repeated instanceof Error && !completed) problems.push(`it cannot be repeated: ${repeated.message}`);
  if (!same(await whatLoads(folder), done.loads)) problems.push('the repeated command leads elsewhere');
  if (!same(filesIn(folder), done.files))
    problems.push(`other files than after an undisturbed run: ${Object.keys(filesIn(folder)).join(', ')}`);
  if (command.startsWith('backup')) {
    const restored = join(work, 'restored');
    const from = existsSync(`${other}.tar.gz`) ? `${other}.tar.gz` : other;
    await restoreModels({ modelsDir: restored, from });
    if (!same(filesIn(restored), done.files)) problems.push('the backup does not give back what was there');
  }
  rmSync(work, { recursive: true });
  return { killed, problems };
}

/** The same numbers for the same seed: a linear congruential generator, good enough to pick times. */
function random(seed) {
  let state = BigInt(seed);
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 33n) / 2 ** 31;
  };
}

async function main({ kills, seed, json }) {
  const base = mkdtempSync(join(tmpdir(), 'base-ml-service-kills-'));
  const next = random(seed);
  const counts = Object.fromEntries(Object.keys(COMMANDS).map((command) => [command, { kills: 0, tooLate: 0 }]));
  const problems = [];
  try {
    const starts = await makeStarts(base);
    const knowledge = {};
    for (const [command, [start, backup]] of Object.entries(starts)) {
      const times = [];
      let done;
      for (let run = 0; run < 3; run++) {
        const folder = join(base, `done-${command}-${run}`);
        cpSync(start, folder, { recursive: true });
        const other = join(base, `done-${command}-${run}-backup`);
        if (existsSync(backup)) cpSync(backup, other, { recursive: true });
        times.push((await runAndKill(command, { folder, other })).ms);
        done = { loads: await whatLoads(folder), files: filesIn(folder) };
      }
      knowledge[command] = { start, backup, done, before: await whatLoads(start), ms: Math.max(...times) };
    }
    const commands = Object.keys(COMMANDS);
    for (let kill = 0, turn = 0; kill < kills; turn++) {
      const command = commands[turn % commands.length];
      const { ms, ...known } = knowledge[command];
      const result = await tryOnce(command, { ...known, base, afterMs: next() * ms });
      if (result.killed) {
        kill += 1;
        counts[command].kills += 1;
      } else counts[command].tooLate += 1;
      for (const problem of result.problems) problems.push(`${command}, kill ${kill}: ${problem}`);
      if (!json && process.stderr.isTTY)
        process.stderr.write(`\r${kill} of ${kills} kills, ${problems.length} problems`);
    }
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
  if (json) console.log(JSON.stringify({ seed, kills, counts, problems }));
  else {
    console.log(`\nseed ${seed}: ${kills} kills, ${problems.length} problems`);
    for (const [command, { kills: number, tooLate }] of Object.entries(counts))
      console.log(`  ${command}: killed ${number} times (${tooLate} times it was quicker)`);
    for (const problem of problems) console.log(`  ${problem}`);
  }
  process.exitCode = problems.length > 0 ? 1 : 0;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    child: { type: 'boolean' },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
if (values.child) await child(...positionals);
else await main({ kills: Number(values.kills), seed: Number(values.seed), json: values.json });
