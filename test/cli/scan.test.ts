import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { document, MODELS, ROOT, runCli, temporaryFolder } from './run-cli.ts';

const SCALER = join(MODELS, 'preprocessing', 'scaler.pkl');
const EVAL = "cbuiltins\neval\n(S'1'\ntR.";

interface Scan {
  readonly ok: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly files: readonly { readonly verdict: string; readonly findings: readonly Record<string, unknown>[] }[];
}

describe('scan', () => {
  it('passes a safe file', async () => {
    const { code, stdout, stderr } = await runCli(['scan', SCALER]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`SAFE  ${SCALER} (pickle)\n`);
  });

  it('names what is unsafe, with place, module and name', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'odd.pkl'), EVAL);
    const { code, stdout } = await runCli(['scan', join(folder, 'odd.pkl')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^UNSAFE .*odd\.pkl \(pickle\)\n {2}byte 0: ML_FORMAT_UNSAFE: .*builtins\.eval/);
    const found = document(await runCli(['scan', '--json', join(folder, 'odd.pkl')])) as Scan;
    expect(found.ok).toBe(false);
    expect(found.files[0]?.findings[0]).toMatchObject({
      severity: 'unsafe',
      module: 'builtins',
      name: 'eval',
      offset: 0,
    });
  });

  it('walks a directory, and does not follow links out of it', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'deep', 'er'), { recursive: true });
    await copyFile(SCALER, join(folder, 'deep', 'er', 'scaler.pkl'));
    await writeFile(join(folder, 'README.md'), '# Models');
    await writeFile(join(folder, 'metadata.json'), '{}');
    await symlink(ROOT, join(folder, 'deep', 'loop'));
    const found = document(await runCli(['scan', '--json', folder])) as Scan;
    expect(found.counts).toEqual({ safe: 1, unsafe: 0, malformed: 0, unsupported: 0, unknown: 2 });
    expect(found.ok).toBe(true);
    expect((await runCli(['scan', '--strict', folder])).code).toBe(1);
    await writeFile(join(folder, 'odd.h5'), EVAL.replace('eval', 'exec'));
    await writeFile(join(folder, 'cut.pkl'), '\u0080');
    const { code, stdout } = await runCli(['scan', folder]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/5 files: 1 safe, .*malformed/);
  });

  it('fails where there is nothing to look at', async () => {
    expect((await runCli(['scan', join(ROOT, 'no-such-file.pkl')])).code).toBe(1);
    expect((await runCli(['scan'])).code).toBe(2);
  });
});
