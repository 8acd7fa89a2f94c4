// Signs models as the specification of OpenSSF Model Signing says, with nothing but node:crypto.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export type Json = Record<string, unknown>;

export interface Resource {
  readonly name: string;
  readonly digest: string;
  readonly algorithm: string;
}

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Of the public key. */
  readonly pem: string;
}

export const CURVES = { 'P-256': 'sha256', 'P-384': 'sha384', 'P-521': 'sha512' } as const;
export type Curve = keyof typeof CURVES;

export function keyPair(namedCurve: Curve = 'P-256'): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return { privateKey, publicKey, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** The resources of some files, in the order of their names. */
export function resourcesOf(
  files: Readonly<Record<string, string>>,
  hash = 'sha256',
  algorithm = 'sha256',
): Resource[] {
  return Object.entries(files)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, content]) => ({ name, digest: createHash(hash).update(content).digest('hex'), algorithm }));
}

/** The statement about some resources; what is given on top takes the place of its fields. */
export function statementOf(
  resources: readonly Resource[],
  more: { statement?: Json; serialization?: Json } = {},
): Json {
  const root = sha256(Buffer.concat(resources.map(({ digest }) => Buffer.from(digest, 'hex'))));
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'model', digest: { sha256: root } }],
    predicateType: 'https://model_signing/signature/v1.0',
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ...more.serialization },
      resources,
    },
    ...more.statement,
  };
}

export function pae(payload: Uint8Array, type = 'application/vnd.in-toto+json'): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}

/** A bundle over a statement, or over a text that takes its place. */
export function bundleOf(
  statement: Json | string,
  { privateKey }: Pick<KeyPair, 'privateKey'>,
  material: Json = { publicKey: { hint: 'unknown' }, tlogEntries: [] },
): Json {
  const payload = Buffer.from(typeof statement === 'string' ? statement : JSON.stringify(statement));
  const curve = privateKey.asymmetricKeyDetails?.namedCurve;
  const hash = curve === 'secp384r1' ? 'sha384' : curve === 'secp521r1' ? 'sha512' : 'sha256';
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: material,
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: 'application/vnd.in-toto+json',
      signatures: [{ sig: sign(hash, pae(payload), privateKey).toString('base64'), keyid: '' }],
    },
  };
}

/** A folder that is removed after the test, with some files. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'base-ml-service-signing-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeInto(folder, files);
  return folder;
}

export function writeInto(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** The code of the error, or `none`. Any error without a code of this library fails the test. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (typeof code !== 'string' || !code.startsWith('ML_')) throw error;
    return code;
  }
}
