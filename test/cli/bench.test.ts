import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { document, runCli } from './run-cli.ts';

const models = fileURLToPath(new URL('../../models', import.meta.url));
const file = `${models}/trained/tumor_classifier_v1_20240220.pkl`;
const rows = `${models}/samples/tumor_classifier_v1_20240220.json`;

describe('bench', () => {
  it('measures a file, for programs', async () => {
    const result = await runCli(['bench', file, '--rows', rows, '--seconds', '0.01', '--json']);
    expect(result.code).toBe(0);
    const json = document(result) as Record<string, unknown>;
    expect(json).toMatchObject({ engine: 'native', place: 'inline', method: 'predict', rows });
    const { latency, throughput, loadMs, memory } = json;
    expect((latency as { rows: number }[]).map((one) => one.rows)).toEqual([1, 10, 100, 1_000]);
    expect((throughput as { callers: number }[]).map((one) => one.callers)).toEqual([1, 4, 16, 64, 256]);
    expect(loadMs).toBeGreaterThan(0);
    expect(memory).toMatchObject({ model: expect.any(Number), rssBefore: expect.any(Number) });
  });

  it('measures a model of the models directory, for people', async () => {
    const { code, stdout: out } = await runCli(['bench', 'digits_mlp', '--models-dir', models, '--seconds', '0.01']);
    expect(code).toBe(0);
    expect(out).toContain('onnxruntime-node, inline');
    expect(out).toMatch(/CALLERS +P50 us/);
    expect(out).toContain('█');
  });

  it.each([
    ['no number of seconds', ['--seconds', 'soon'], 3],
    ['another place', ['--place', 'moon'], 2],
    ['a file of rows that is none', ['--rows', rows.replace('samples', 'nowhere')], 3],
  ])('refuses %s', async (_, options, expected) => {
    expect((await runCli(['bench', file, ...options])).code).toBe(expected);
  });
});
