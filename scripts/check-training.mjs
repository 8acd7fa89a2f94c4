// Trains the sample models again in a copy of models/training and compares what comes out with what is committed:
// the predictions must be the same. Bytes may differ on another processor, whose linear algebra sums in another order.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finish, ROOT } from './source-files.mjs';

const TOLERANCE = 1e-6;
const COMMITTED = join(ROOT, 'models');

/** Where two JSON values differ by more than the tolerance, or `undefined`. */
function difference(got, want, path) {
  if (typeof got === 'number' && typeof want === 'number') {
    return Math.abs(got - want) <= TOLERANCE * Math.max(1, Math.abs(want)) ? undefined : `${path}: ${got}, not ${want}`;
  }
  if (typeof got !== typeof want || got === null || typeof got !== 'object') {
    return Object.is(got, want) ? undefined : `${path}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`;
  }
  for (const key of new Set([...Object.keys(got), ...Object.keys(want ?? {})])) {
    const found = difference(got[key], want?.[key], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'base-ml-service-training-'));
const problems = [];
let samples = 0;
let identical = 0;
let artefacts = 0;
try {
  const models = join(folder, 'models');
  mkdirSync(models);
  cpSync(join(COMMITTED, 'training'), join(models, 'training'), { recursive: true });
  const env = { ...process.env, TRAINING_VENV: process.env.TRAINING_VENV ?? join(ROOT, '.cache/training-venv') };
  const { status, stderr, stdout } = spawnSync('sh', [join(models, 'training/train.sh')], { encoding: 'utf8', env });
  if (status === 0) {
    for (const file of readdirSync(join(COMMITTED, 'samples')).filter((name) => name.endsWith('.json'))) {
      samples += 1;
      const found = difference(
        readJson(join(models, 'samples', file)),
        readJson(join(COMMITTED, 'samples', file)),
        file,
      );
      if (found !== undefined) problems.push(`training again gives another prediction: ${found}`);
    }
    for (const area of ['trained', 'preprocessing']) {
      for (const file of readdirSync(join(COMMITTED, area))) {
        artefacts += 1;
        if (readFileSync(join(models, area, file)).equals(readFileSync(join(COMMITTED, area, file)))) identical += 1;
      }
    }
  } else {
    problems.push(`models/training/train.sh failed\n${stdout}${stderr}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

finish(
  'check-training',
  problems,
  `${samples} sample files agree, ${identical} of ${artefacts} artefacts have the same bytes`,
);
