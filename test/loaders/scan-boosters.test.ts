import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { scanFile } from '../../src/index.ts';

const MODELS = fileURLToPath(new URL('../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'scan-boosters-'));
afterAll(() => rmSync(folder, { recursive: true }));

function firstFile(family: string, extensions: readonly string[]): string {
  const root = join(MODELS, family, 'models');
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .sort()
    .find((path) => extensions.some((extension) => path.endsWith(extension)));
  if (found === undefined) throw new Error(`no ${extensions.join(' or ')} in ${root}`);
  return join(root, found);
}

describe.each([
  ['xgboost', ['.ubj', '.xgb.json', '.model']],
  ['lightgbm', ['.txt']],
  ['catboost', ['.cbm', '.cat.json']],
] as const)('scanning %s files', (family, extensions) => {
  const path = firstFile(family, extensions);

  it('calls a whole model safe', async () => {
    expect(await scanFile(path)).toMatchObject({ verdict: 'safe', format: family, findings: [] });
  });

  it('never calls half a model safe', async () => {
    const bytes = readFileSync(path);
    const half = join(folder, `half.${path.split('.').at(-1)}`);
    writeFileSync(half, bytes.subarray(0, bytes.length >> 1));
    const report = await scanFile(half);
    expect(report.verdict).not.toBe('safe');
    expect(report.findings[0]?.code).toMatch(/^ML_FORMAT_/);
  });
});
