import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/index.ts';
import { document, MODELS, runCli, temporaryFolder } from './run-cli.ts';

const MODEL = join(MODELS, 'trained', 'tumor_classifier_v1_20240220.pkl');
const KEY = randomBytes(32);

describe('encrypt', () => {
  it.each([
    ['bytes', KEY],
    ['hex digits', `${KEY.toString('hex')}\n`],
    ['base64', KEY.toString('base64')],
  ])('takes a key of %s, and what it writes loads with it', async (_, content) => {
    const folder = await temporaryFolder();
    const keyFile = join(folder, 'model.key');
    const out = join(folder, 'tumor_v1.pkl.enc');
    writeFileSync(keyFile, content);
    const result = await runCli(['encrypt', MODEL, '--key-file', keyFile, '--key-id', 'team', '--out', out, '--json']);
    expect(result.code).toBe(0);
    const size = readFileSync(out).length;
    expect(document(result)).toEqual({
      path: out,
      keyId: 'team',
      bytes: size,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const model = await loadModel(out, { encryption: { key: (id) => (id === 'team' ? KEY : undefined) } });
    expect(model.info.format).toBe('pickle');
    await model.dispose();
  });

  it('says what was written, and never the key', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'm.pkl');
    writeFileSync(file, readFileSync(MODEL));
    writeFileSync(join(folder, 'model.key'), KEY.toString('hex'));
    const { code, stdout, stderr } = await runCli(['encrypt', file, '--key-file', join(folder, 'model.key')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/m\.pkl\.enc was written; it loads with the key "default" alone\n/);
    expect(stdout).toMatch(/checksum +sha256:[0-9a-f]{64}/);
    expect(stdout).not.toContain(KEY.toString('hex'));
    const again = await runCli(['encrypt', file, '--key-file', join(folder, 'model.key')]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('exists already')]);
  });

  it.each([
    ['no key file', [], 2],
    ['a key file that is not there', ['--key-file', '/nowhere/key'], 2],
    ['a key file without a key', ['--key-file', MODEL], 2],
  ])('refuses %s', async (_, options, code) => {
    const folder = await temporaryFolder();
    expect((await runCli(['encrypt', MODEL, '--out', join(folder, 'x.enc'), ...options])).code).toBe(code);
  });
});
