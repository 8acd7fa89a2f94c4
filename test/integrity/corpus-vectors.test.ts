// The published vectors of OpenSSF Model Signing: bundles of every version of the signing tool, and bundles that are none.
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifyModel } from '../../src/index.ts';
import { parseBundle } from '../../src/integrity/signature-bundle.ts';
import type { TrustedSigner } from '../../src/spec/authenticity.ts';
import { codeOf } from './signing.ts';

const CORPUS = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));
const SIGNED = join(CORPUS, 'sigstore__model-transparency/scripts/tests');
const BUNDLES = join(CORPUS, 'ossf__model-signing-spec/test-vectors/v1.0');
const KEYS = join(SIGNED, 'keys/certificate');
const TRUSTED_ROOT = fileURLToPath(new URL('../fixtures/sigstore/trusted_root.json', import.meta.url));

const present = existsSync(SIGNED) && existsSync(BUNDLES);
if (!present)
  console.warn('SKIPPED: ../shared/corpus is absent, so the published signature vectors were not verified.');

const SIGNERS: Readonly<Record<string, TrustedSigner>> = {
  'elliptic-key': { publicKey: join(KEYS, 'signing-key-pub.pem') },
  certificate: { certificateRoots: join(KEYS, 'ca-cert.pem') },
  sigstore: {
    sigstore: {
      identity: 'stefanb@us.ibm.com',
      issuer: 'https://sigstore.verify.ibm.com/oauth2',
      trustedRoot: TRUSTED_ROOT,
    },
  },
};

interface Vector {
  readonly name: string;
  readonly signer: TrustedSigner;
  /** Signed as a file by itself, as `.`. */
  readonly isFile: boolean;
  /** Version 1.0.1 did not write down what it left out. */
  readonly ignorePaths: readonly string[];
}

/** The signed folders of the manifest. */
function vectors(): Vector[] {
  const rows = readFileSync(join(CORPUS, 'MANIFEST.tsv'), 'utf8').split('\n');
  const folders = rows.flatMap((row) => {
    const [path = '', , , , , , , , , , , , note] = row.split('\t');
    const match = /^sigstore__model-transparency\/scripts\/tests\/([^/]+)\/model\.sig$/.exec(path);
    return match?.[1] !== undefined && note?.includes('verify must succeed') === true ? [match[1]] : [];
  });
  return folders.map((name) => {
    const [, version = '', method = ''] = /^(v[\d.]+)-(.+)$/.exec(name) ?? [];
    return {
      name,
      signer: SIGNERS[method] as TrustedSigner,
      isFile: method === 'elliptic-key' && ['v0.3.1', 'v1.0.0'].includes(version),
      ignorePaths: version === 'v1.0.1' ? ['ignore-me'] : [],
    };
  });
}

/** A copy of a signed folder, laid out as this library looks for signatures. */
async function copyOf({ name, isFile }: Vector): Promise<{ readonly model: string; readonly signature: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'base-ml-service-vector-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const model = join(folder, name);
  await cp(join(SIGNED, name), model, { recursive: true });
  if (!isFile) return { model, signature: join(model, 'model.sig') };
  const [file, signature] = [join(model, 'signme-1'), join(model, 'signme-1.sig')];
  await cp(join(model, 'model.sig'), signature);
  await rm(join(model, 'model.sig'));
  return { model: file, signature };
}

const verify = (model: string, { signer, ignorePaths }: Vector): ReturnType<typeof verifyModel> =>
  verifyModel(model, { signatures: [signer], ignorePaths });

describe.runIf(present)('signed folders', () => {
  const all = present ? vectors() : [];

  test('all thirteen are there', () => {
    expect(all.length).toBe(13);
  });

  test.each(all)('$name holds', async (vector) => {
    const { model, signature } = await copyOf(vector);
    const { signature: state, signedBy } = await verify(model, vector);
    expect(state).toBe('ok');
    expect(signedBy?.path).toBe(signature);
    expect(signedBy?.files).toBe(vector.isFile ? 1 : 2);
  });

  test.each(all)('$name: a changed file fails', async (vector) => {
    const { model } = await copyOf(vector);
    await writeFile(vector.isFile ? model : join(model, 'signme-1'), 'signme-X\n');
    expect(await codeOf(verify(model, vector))).toBe('ML_SIGNATURE_MISMATCH');
  });

  test.each(all.filter(({ isFile }) => !isFile))('$name: one more, one less, a link fail', async (vector) => {
    const more = await copyOf(vector);
    await writeFile(join(more.model, 'extra'), '');
    expect(await codeOf(verify(more.model, vector))).toBe('ML_SIGNATURE_MISMATCH');
    const less = await copyOf(vector);
    await rm(join(less.model, 'signme-2'));
    expect(await codeOf(verify(less.model, vector))).toBe('ML_SIGNATURE_MISMATCH');
    const link = await copyOf(vector);
    await cp(join(link.model, 'signme-2'), join(link.model, '..', 'elsewhere'));
    await rm(join(link.model, 'signme-2'));
    await symlink(join(link.model, '..', 'elsewhere'), join(link.model, 'signme-2'));
    expect(await codeOf(verify(link.model, vector))).toBe('ML_ARTEFACT_ESCAPES');
    await rm(join(link.model, 'signme-2'));
    await cp(join(link.model, '..', 'elsewhere'), join(link.model, '.git', 'signme-2'));
    await symlink(join('.git', 'signme-2'), join(link.model, 'signme-2'));
    expect(await codeOf(verify(link.model, vector))).toBe('ML_SIGNATURE_MISMATCH');
  });

  test.each(all)('$name: any flipped bit of what the signature holds fails', async (vector) => {
    const { model, signature } = await copyOf(vector);
    const text = await readFile(signature, 'utf8');
    const bundle = JSON.parse(text) as { dsseEnvelope: { payload: string; signatures: [{ sig: string }] } };
    const { payload, signatures } = bundle.dsseEnvelope;
    const codes = new Set<string>();
    for (const part of [payload, signatures[0].sig]) {
      const bytes = Buffer.from(part, 'base64');
      for (let i = 0; i < 10; i++) {
        const flipped = Buffer.from(bytes);
        const at = Math.floor((i * bytes.length) / 10);
        flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (i % 8)), at);
        await writeFile(signature, text.replace(part, flipped.toString('base64')));
        codes.add(await codeOf(verify(model, vector)));
      }
    }
    expect([...codes].filter((code) => !code.startsWith('ML_SIGNATURE_'))).toEqual([]);
  });

  test.each(all.filter(({ ignorePaths }) => ignorePaths.length > 0))(
    '$name names nothing that it leaves out, so that the caller has to',
    async (vector) => {
      const { model } = await copyOf(vector);
      const error: unknown = await verify(model, { ...vector, ignorePaths: [] }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        code: 'ML_SIGNATURE_MISMATCH',
        message: expect.stringContaining('"ignore-me" was not signed'),
      });
    },
  );

  test('another method than the trusted one is not trusted', async () => {
    for (const vector of all) {
      for (const signer of Object.values(SIGNERS)) {
        if (signer === vector.signer) continue;
        const { model } = await copyOf(vector);
        expect(await codeOf(verify(model, { ...vector, signer }))).toBe('ML_SIGNATURE_UNTRUSTED');
      }
    }
  });

  test('the intermediate authority may be the root of trust, the certificate of the signer may not', async () => {
    const vector = all.find(({ name }) => name === 'v1.1.0-certificate') as Vector;
    const { model } = await copyOf(vector);
    const by = (file: string): Vector => ({ ...vector, signer: { certificateRoots: join(KEYS, file) } });
    expect((await verify(model, by('int-ca-cert.pem'))).signature).toBe('ok');
    expect(await codeOf(verify(model, by('signing-key-cert.pem')))).toBe('ML_SIGNATURE_UNTRUSTED');
  });

  test.each([
    ['the beginning', 'stefanb@us.ibm', undefined],
    ['a pattern', '.*', undefined],
    ['a longer one', 'xstefanb@us.ibm.com', undefined],
    ['another issuer', 'stefanb@us.ibm.com', 'https://accounts.google.com'],
  ])('Sigstore: %s is another identity', async (_, identity, issuer = 'https://sigstore.verify.ibm.com/oauth2') => {
    const vector = all.find(({ name }) => name === 'v1.1.0-sigstore') as Vector;
    const { model } = await copyOf(vector);
    const signer = { sigstore: { identity, issuer, trustedRoot: TRUSTED_ROOT } };
    expect(await codeOf(verify(model, { ...vector, signer }))).toBe('ML_SIGNATURE_UNTRUSTED');
  });

  test('Sigstore: a root of trust without keys holds nothing', async () => {
    const vector = all.find(({ name }) => name === 'v1.1.0-sigstore') as Vector;
    const { model } = await copyOf(vector);
    const root = JSON.parse(await readFile(TRUSTED_ROOT, 'utf8')) as Record<string, unknown>;
    for (const part of ['tlogs', 'certificateAuthorities', 'ctlogs']) {
      const { identity, issuer } = (SIGNERS['sigstore'] as Extract<TrustedSigner, { sigstore: unknown }>).sigstore;
      const signer = { sigstore: { identity, issuer, trustedRoot: { ...root, [part]: [] } } };
      expect(await codeOf(verify(model, { ...vector, signer }))).toBe('ML_SIGNATURE_INVALID');
    }
  });
});

describe.runIf(present)('bundles', () => {
  const read = async (folder: string): Promise<string[]> =>
    (await readdir(join(BUNDLES, folder))).map((name) => join(BUNDLES, folder, name));

  test('valid ones are read', async () => {
    const methods = new Map<string, string>();
    for (const path of await read('valid')) {
      methods.set(basename(path), parseBundle(await readFile(path), path).material.method);
    }
    expect(Object.fromEntries(methods)).toEqual({
      'certificate.bundle.json': 'certificate',
      'key.bundle.json': 'key',
      'sigstore.bundle.json': 'sigstore',
    });
  });

  test('invalid ones are refused before any key is looked at', async () => {
    const paths = await read('invalid');
    expect(paths.length).toBe(4);
    for (const path of paths) {
      const reading = Promise.resolve().then(async () => parseBundle(await readFile(path), path));
      expect([basename(path), await codeOf(reading)]).toEqual([basename(path), 'ML_SIGNATURE_MALFORMED']);
    }
  });

  test('another predicate is refused, whoever is trusted', async () => {
    const [path = ''] = await read('invalid-payload');
    const folder = await mkdtemp(join(tmpdir(), 'base-ml-service-vector-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await cp(join(SIGNED, 'v1.1.0-elliptic-key'), folder, { recursive: true });
    await cp(path, join(folder, 'model.sig'));
    const signatures = Object.values(SIGNERS);
    expect(await codeOf(verifyModel(folder, { signatures }))).toMatch(/^ML_SIGNATURE_/);
  });
});
