import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../repository/fixture.ts';
import { document, runCli } from './run-cli.ts';

const model = 'models/trained/digits_mlp_v1_20240210.onnx';
const rows = 'models/samples/digits_mlp_v1_20240210.json';

describe('quantize', () => {
  it('writes a smaller file, for programs', async () => {
    const output = join(folderOf(), 'small.onnx');
    const result = await runCli(['quantize', model, output, '--method', 'float16', '--rows', rows, '--json']);
    expect(result.code).toBe(0);
    expect(document(result)).toMatchObject({ output, method: 'float16', rows: 14, sha256: expect.any(String) });
    expect(existsSync(output)).toBe(true);
  });

  it('and for people', async () => {
    const output = join(folderOf(), 'small.onnx');
    const { code, stdout } = await runCli(['quantize', model, output, '--method', 'float16', '--rows', rows]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/predictProba +\d/);
  });

  it.each([
    ['answers that change too much', ['--rows', rows], 3, 'ML_QUANTIZE_CHANGED'],
    ['a bound that is none', ['--rows', rows, '--max-change', 'much'], 2, 'ML_OPTIONS_INVALID'],
    ['nothing to compare with', [], 2, 'ML_OPTIONS_INVALID'],
  ])('refuses %s, and writes nothing', async (_, options, code, error) => {
    const output = join(folderOf(), 'small.onnx');
    const result = await runCli(['quantize', model, output, ...options]);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(error);
    expect(existsSync(output)).toBe(false);
  });
});
