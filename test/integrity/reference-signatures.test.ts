// Signatures that the reference implementation made: Python's model-signing 1.1.1 (test/fixtures/model-signing/sign.py).
import { cp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type ModelVerification, verifyModel } from '../../src/index.ts';
import type { TrustedSigner } from '../../src/spec/authenticity.ts';
import { codeOf, folderWith } from './signing.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/model-signing/', import.meta.url));
const key = (name: string): TrustedSigner => ({ publicKey: join(FIXTURES, `${name}.pub.pem`) });

/** A copy that a test may change. */
async function copyOf(name: string): Promise<string> {
  const folder = join(folderWith({}), name);
  await cp(join(FIXTURES, name), folder, { recursive: true });
  if (name === 'links') await symlink('config.json', join(folder, 'alias'));
  return folder;
}

const verify = (path: string, signer = key('p256')): Promise<ModelVerification> =>
  verifyModel(path, { signatures: [signer], env: {} });

const CASES: readonly [name: string, signer: TrustedSigner, files: number][] = [
  ['p256', key('p256'), 6],
  ['p384', key('p384'), 6],
  ['p521', key('p521'), 6],
  ['shards', key('p256'), 5],
  ['blake2', key('p256'), 6],
  ['ignoring', key('p256'), 3],
  ['links', key('p256'), 7],
  ['certificate', { certificateRoots: join(FIXTURES, 'root.pem') }, 6],
];

describe('the reference implementation signs', () => {
  test.each(CASES)('%s, and it holds until a file is changed, removed or added', async (name, signer, files) => {
    const { signedBy } = await verify(await copyOf(name), signer);
    expect([signedBy?.subject, signedBy?.files]).toEqual([name, files]);
    const changes: ((folder: string) => Promise<void>)[] = [
      (folder) => writeFile(join(folder, 'config.json'), '{ }'),
      (folder) => rm(join(folder, '.hidden')),
      (folder) => writeFile(join(folder, 'a.c'), 'x'),
    ];
    for (const change of changes) {
      const folder = await copyOf(name);
      await change(folder);
      expect(await codeOf(verify(folder, signer))).toBe('ML_SIGNATURE_MISMATCH');
    }
  });

  test('single files, whole and in shards', async () => {
    const folder = await copyOf('single');
    expect((await verify(join(folder, 'a/long'))).signature).toBe('ok');
    expect((await verify(join(folder, 'a/b'))).signature).toBe('ok');
    await writeFile(join(folder, 'a/b'), '2');
    expect(await codeOf(verify(join(folder, 'a/b')))).toBe('ML_SIGNATURE_MISMATCH');
  });

  test('with BLAKE3, which Node does not have', async () => {
    expect(await codeOf(verify(await copyOf('blake3')))).toBe('ML_SIGNATURE_UNSUPPORTED');
  });

  test('with keys that the caller has to trust', async () => {
    expect(await codeOf(verify(await copyOf('p256'), key('p384')))).toBe('ML_SIGNATURE_UNTRUSTED');
    expect(await codeOf(verify(await copyOf('certificate'), key('p256')))).toBe('ML_SIGNATURE_UNTRUSTED');
  });
});
