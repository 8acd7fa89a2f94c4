import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../errors/configuration-error.ts';
import type { SigstoreSigner, TrustedSigner } from '../spec/authenticity.ts';
import { isSupportedKey } from './dsse.ts';
import { isObject, type JsonObject } from './json-fields.ts';

/** A public key, and the name that signatures have for it. */
export interface TrustedKey {
  readonly key: KeyObject;
  /** SHA-256 of its PEM, lower-case hex: the `hint` of a signature. */
  readonly fingerprint: string;
}

/** A Sigstore identity with the document of Sigstore's keys. */
export type TrustedIdentity = Pick<SigstoreSigner, 'identity' | 'issuer'> & { readonly trustedRoot: JsonObject };

/** The configured signers, read. */
export interface TrustedSigners {
  readonly keys: readonly TrustedKey[];
  readonly roots: readonly X509Certificate[];
  readonly identities: readonly TrustedIdentity[];
}

const PEM = /-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g;

/**
 * Reads keys, certificates and roots of trust.
 *
 * @throws `ML_OPTIONS_INVALID` naming the signer that cannot be used
 */
export async function readSigners(signers: readonly TrustedSigner[]): Promise<TrustedSigners> {
  const keys: TrustedKey[] = [];
  const roots: X509Certificate[] = [];
  const identities: TrustedIdentity[] = [];
  for (const [i, signer] of signers.entries()) {
    const option = `authenticity.signatures[${i}]`;
    if ('publicKey' in signer) keys.push(keyOf(await pem(signer.publicKey, `${option}.publicKey`), option));
    else if ('certificateRoots' in signer) {
      roots.push(...certificatesOf(await pem(signer.certificateRoots, `${option}.certificateRoots`), option));
    } else {
      const { identity, issuer, trustedRoot } = signer.sigstore;
      identities.push({ identity, issuer, trustedRoot: await rootOf(trustedRoot, `${option}.sigstore.trustedRoot`) });
    }
  }
  return { keys, roots, identities };
}

function keyOf(text: string, option: string): TrustedKey {
  const [block, ...more] = blocks(text);
  if (block === undefined || more.length > 0 || block.type !== 'PUBLIC KEY') {
    throw invalid(
      `${option}.publicKey must be one PEM block "PUBLIC KEY", it has ${describe(block === undefined ? [] : [block, ...more])}`,
    );
  }
  let key: KeyObject;
  try {
    key = createPublicKey(block.text);
  } catch (error) {
    throw invalid(`${option}.publicKey cannot be read`, error);
  }
  if (!isSupportedKey(key)) {
    throw invalid(`${option}.publicKey must be an elliptic-curve key: P-256, P-384 or P-521`);
  }
  const spki = key.export({ type: 'spki', format: 'pem' });
  return { key, fingerprint: createHash('sha256').update(spki).digest('hex') };
}

function certificatesOf(text: string, option: string): X509Certificate[] {
  const found = blocks(text);
  if (found.length === 0 || found.some(({ type }) => type !== 'CERTIFICATE')) {
    throw invalid(`${option}.certificateRoots must be PEM blocks "CERTIFICATE", it has ${describe(found)}`);
  }
  return found.map((block) => {
    try {
      return new X509Certificate(block.text);
    } catch (error) {
      throw invalid(`${option}.certificateRoots has a certificate that cannot be read`, error);
    }
  });
}

async function rootOf(given: SigstoreSigner['trustedRoot'], option: string): Promise<JsonObject> {
  if (typeof given !== 'string') return given;
  const text = await read(given, option);
  try {
    const root: unknown = JSON.parse(text);
    if (isObject(root)) return root;
  } catch (error) {
    throw invalid(`${option}: ${given} is no JSON`, error);
  }
  throw invalid(`${option}: ${given} is no JSON object`);
}

/** The text itself where it is PEM, else what the file of that path holds. */
async function pem(given: string, option: string): Promise<string> {
  return given.includes('-----BEGIN') ? given : read(given, option);
}

async function read(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw invalid(`${option}: ${path} cannot be read`, error);
  }
}

function blocks(text: string): { readonly type: string; readonly text: string }[] {
  return Array.from(text.matchAll(PEM), ([whole, type = '']) => ({ type, text: whole }));
}

function describe(found: readonly { readonly type: string }[]): string {
  return found.length === 0 ? 'no PEM block' : found.map(({ type }) => `"${type}"`).join(', ');
}

function invalid(message: string, cause?: unknown): ConfigurationError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new ConfigurationError('ML_OPTIONS_INVALID', `${message}${why}`, { cause });
}
