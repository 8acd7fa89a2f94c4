import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileInspection } from '../../src/index.ts';
import { document, MODELS, runCli, temporaryFolder } from './run-cli.ts';

const DIGITS = join(MODELS, 'trained', 'digits_mlp_v1_20240210.onnx');

describe('inspect', () => {
  it('tells format, inputs, outputs, size and digest', async () => {
    const sha256 = createHash('sha256')
      .update(await readFile(DIGITS))
      .digest('hex');
    const { code, stdout, stderr } = await runCli(['inspect', DIGITS]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^format\s+onnx$/m);
    expect(stdout).toContain(sha256);
    expect(stdout).toMatch(/^X\s+float32\s+\[.+, 64\]$/m);
    expect(stdout).toMatch(/^probabilities\s+float32\s+\[.+, 10\]$/m);
  });

  it('gives the same to programs', async () => {
    const found = document(await runCli(['inspect', DIGITS, '--json'])) as FileInspection;
    expect(found).toMatchObject({ path: DIGITS, kind: 'file', format: 'onnx', bytes: 10_699 });
    expect(found.inputs?.map(({ name }) => name)).toEqual(['X']);
    expect(found.classes).toHaveLength(10);
  });

  it('refuses what is no model, with code and remedy', async () => {
    const folder = await temporaryFolder();
    const pointer = join(folder, 'model.onnx');
    await writeFile(pointer, `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`);
    const [lfs, missing] = await Promise.all([runCli(['inspect', pointer]), runCli(['inspect', `${pointer}x`])]);
    expect([lfs.code, missing.code]).toEqual([3, 3]);
    expect(lfs.stdout).toBe('');
    expect(lfs.stderr).toMatch(/^ML_ARTEFACT_LFS_POINTER: /);
    expect(lfs.stderr.trim().split('\n').length).toBeGreaterThanOrEqual(2);
    expect(lfs.stderr).not.toMatch(/^\s+at /m);
    expect(missing.stderr).toMatch(/^ML_ARTEFACT_MISSING: /);
  });
});
