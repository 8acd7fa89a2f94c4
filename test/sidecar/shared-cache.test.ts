import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { loadModel } from '../../src/index.ts';
import { sklearnPython } from './sklearn-python.ts';

const PYTHON = sklearnPython();
const FILE = fileURLToPath(new URL('files/one_class.pkl', import.meta.url));

it.runIf(PYTHON !== undefined)(
  'a file that several need at once is converted once; the others wait and take it',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sidecar-shared-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    // An interpreter that counts how often somebody begins to convert.
    const [python, log] = [join(folder, 'python'), join(folder, 'log')];
    writeFileSync(python, `#!/bin/sh\necho begun >> '${log}'\nexec '${PYTHON}' "$@"\n`);
    chmodSync(python, 0o755);
    const sidecar = { mode: 'auto', python, cacheDir: join(folder, 'cache') } as const;
    // Each has a converter of its own, as processes would.
    const models = await Promise.all([1, 2, 3].map(() => loadModel(FILE, { sidecar })));
    for (const model of models) expect(Array.from(await model.predict([[5, 5, 5]]))).toEqual([1]);
    expect(readFileSync(log, 'utf8')).toBe('begun\n');
    expect(readdirSync(join(folder, 'cache/conversions'))).toHaveLength(1);
    expect(readdirSync(join(folder, 'cache/locks'))).toEqual([]);
    for (const model of models) await model.dispose();
  },
);
