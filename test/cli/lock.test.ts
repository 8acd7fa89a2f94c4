import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleOf, keyPair, sha256, statementOf } from '../integrity/signing.ts';
import { copyOfModels, document, runCli, temporaryFolder } from './run-cli.ts';

const FRAUD = 'trained/fraud_detector_v1_20240101.onnx';

interface Verification {
  readonly ok: boolean;
  readonly files: readonly {
    readonly id: string;
    readonly authenticity?: { readonly lock: string; readonly signature: string };
    readonly error?: { readonly code: string };
  }[];
}

describe('lock', () => {
  it('writes, compares, and ends with 1 where something changed', async () => {
    const models = await copyOfModels();
    const out = join(await temporaryFolder(), 'models.lock.json');
    const args = ['lock', '--models-dir', models, '--out', out];
    const written = await runCli(args);
    expect(written.stdout).toContain(`${out}: `);
    expect(written.code).toBe(0);
    expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ lockVersion: 1 });
    expect((await runCli([...args, '--check'])).code).toBe(0);
    await rm(join(models, FRAUD));
    await writeFile(join(models, 'trained', 'new_v1.onnx'), 'x');
    const checked = await runCli([...args, '--check', '--json']);
    expect(checked.code).toBe(1);
    expect(document(checked)).toMatchObject({
      ok: false,
      written: false,
      differences: expect.arrayContaining([
        { id: FRAUD, change: 'missing' },
        { id: 'trained/new_v1.onnx', change: 'added' },
      ]),
    });
  });

  it('refuses a lock in the models directory, and comparing with none', async () => {
    const models = await copyOfModels();
    const inside = await runCli(['lock', '--models-dir', models, '--out', join(models, 'models.lock.json')]);
    expect([inside.code, inside.stderr.split(':')[0]]).toEqual([2, 'ML_OPTIONS_INVALID']);
    const out = join(await temporaryFolder(), 'none.json');
    const none = await runCli(['lock', '--check', '--models-dir', models, '--out', out]);
    expect([none.code, none.stderr.split(':')[0]]).toEqual([3, 'ML_LOCK_MISSING']);
  });
});

describe('verify with proofs', () => {
  it('compares with the lock file of the option or the environment', async () => {
    const models = await copyOfModels();
    const out = join(await temporaryFolder(), 'models.lock.json');
    await runCli(['lock', '--models-dir', models, '--out', out]);
    const all = await runCli(['verify', '--models-dir', models, '--lock', out]);
    expect(all.stdout).toMatch(/^RESULT\s+CHECKSUM\s+LOCK\s+SIGNATURE\s+SIZE\s+FILE$/m);
    expect(all.stdout).toMatch(/^ok\s+sha256\s+ok\s+-\s+1\.3 KB\s+trained\/fraud_detector_v1_20240101\.onnx$/m);
    expect(all.code).toBe(0);
    await cp(join(models, FRAUD), join(models, 'trained', 'new_v1.onnx'));
    const more = await runCli(['verify', '--json', '--models-dir', models], { ML_MODELS_LOCK: out });
    expect(more.code).toBe(1);
    const failed = (document(more) as Verification).files.filter(({ error }) => error !== undefined);
    expect(failed.map(({ id, error }) => [id, error?.code])).toEqual([['trained/new_v1.onnx', 'ML_LOCK_MISSING']]);
    const lenient = await runCli(['verify', '--models-dir', models, '--lock', out, '--policy', 'ifPresent']);
    expect([lenient.code, /absent/.test(lenient.stdout)]).toEqual([0, true]);
  });

  it('verifies signatures by a public key', async () => {
    const models = await copyOfModels();
    const keys = keyPair('P-384');
    const key = join(await temporaryFolder(), 'key.pem');
    await writeFile(key, keys.pem);
    const resource = { name: '.', digest: sha256(await readFile(join(models, FRAUD))), algorithm: 'sha256' };
    await writeFile(join(models, `${FRAUD}.sig`), JSON.stringify(bundleOf(statementOf([resource]), keys)));
    const args = ['verify', 'fraud_detector', 'v1', '--json', '--models-dir', models, '--public-key', key];
    const signed = await runCli(args);
    expect(signed.code).toBe(0);
    expect((document(signed) as Verification).files[0]?.authenticity).toMatchObject({ lock: 'off', signature: 'ok' });
    await writeFile(key, keyPair('P-384').pem);
    const other = await runCli(args);
    expect(other.code).toBe(1);
    expect((document(other) as Verification).files[0]?.error?.code).toBe('ML_SIGNATURE_UNTRUSTED');
  });

  it('says which part of a Sigstore identity is missing', async () => {
    const { code, stderr } = await runCli(['verify', '--identity', 'a@example.com']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ML_OPTIONS_INVALID: options\.authenticity\.signatures/);
  });
});
