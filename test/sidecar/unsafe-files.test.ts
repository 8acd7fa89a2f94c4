import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { loadModel } from '../../src/index.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'sidecar-unsafe-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));
const STARTED = join(FOLDER, 'started');
const FILES = fileURLToPath(new URL('files', import.meta.url));
const CORPUS = fileURLToPath(new URL('../../../shared/corpus', import.meta.url));

/** An interpreter that tells that it was started. */
const PYTHON = join(FOLDER, 'python');
writeFileSync(PYTHON, `#!/bin/sh\ntouch '${STARTED}'\nexit 1\n`);
chmodSync(PYTHON, 0o700);
const sidecar = { mode: 'auto', python: PYTHON, cacheDir: FOLDER } as const;

/** A fitted estimator without a native way, and with it a call: `os.system` as one of its attributes. */
function poisoned(): Uint8Array {
  const bytes = readFileSync(join(FILES, 'one_class.pkl'));
  const call = Buffer.from("cos\nsystem\n(S'true'\ntR0", 'latin1');
  // After the frame of protocol 4 is cut off, the stream may be longer than the frame said.
  const start = bytes.subarray(0, 2);
  const rest = bytes.subarray(11);
  return Buffer.concat([start, call, rest]);
}

it('starts Python for a file that is safe and has no native way', async () => {
  await expect(loadModel(join(FILES, 'one_class.pkl'), { sidecar })).rejects.toMatchObject({
    code: 'ML_SIDECAR_NO_PYTHON',
  });
  expect(existsSync(STARTED)).toBe(true);
  rmSync(STARTED);
});

it('starts no process for the same file with a call in it', async () => {
  await expect(loadModel({ name: 'poisoned.pkl', bytes: poisoned() }, { sidecar })).rejects.toMatchObject({
    code: 'ML_FORMAT_UNSAFE',
  });
  expect(existsSync(STARTED)).toBe(false);
});

it('starts no process for any malicious file of the corpus', async () => {
  const manifest = join(CORPUS, 'MANIFEST.tsv');
  if (!existsSync(manifest)) {
    console.warn('NOT TESTED: malicious files, for ../shared/corpus is not here');
    return;
  }
  const lines = readFileSync(manifest, 'utf8').trim().split('\n').slice(1);
  const malicious = lines.map((line) => line.split('\t')).filter(([, , , , , expected]) => expected === 'malicious');
  expect(malicious.length).toBeGreaterThan(10);
  for (const [path = ''] of malicious) {
    for (const engine of [undefined, 'python'] as const) {
      const loading = loadModel(join(CORPUS, path), { sidecar, ...(engine && { engine }) }).then(
        () => 'loaded',
        () => 'refused',
      );
      expect([path, await loading]).toEqual([path, 'refused']);
    }
    expect([path, existsSync(STARTED)]).toEqual([path, false]);
  }
});
