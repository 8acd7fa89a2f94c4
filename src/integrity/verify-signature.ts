import { AuthenticityError } from '../errors/authenticity-error.ts';
import type { SignatureFact } from '../spec/authenticity.ts';
import { ChainProblem, verifyChain } from './certificate-chain.ts';
import { type SignedForm, verifyEnvelope } from './dsse.ts';
import { parseBundle, type SignatureBundle } from './signature-bundle.ts';
import { readManifest, type SignedManifest } from './signed-manifest.ts';
import type { TrustedSigners } from './trusted-signers.ts';
import { verifySigstore } from './verify-sigstore.ts';

/** A signature that holds, and what it says. */
export interface VerifiedSignature {
  readonly manifest: SignedManifest;
  readonly method: SignatureFact['method'];
  readonly signer: string;
}

interface Signer {
  readonly name: string;
  readonly form: SignedForm;
}

/**
 * Verifies a signature by the given signers, and nothing that the signature brings itself. The files that it lists are
 * not looked at.
 *
 * @param now the time at which certificates must be valid
 * @throws `ML_SIGNATURE_MALFORMED`, `_UNTRUSTED`, `_INVALID`, `_UNSUPPORTED`
 */
export async function verifySignature(
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
  signers: TrustedSigners,
  now: Date,
): Promise<VerifiedSignature> {
  const bundle = parseBundle(bytes, path);
  const { material, envelope, document } = bundle;
  const { method } = material;
  const configured = { key: signers.keys, certificate: signers.roots, sigstore: signers.identities }[method];
  if (configured.length === 0) {
    const option = { key: 'publicKey', certificate: 'certificateRoots', sigstore: 'sigstore' }[method];
    throw untrusted(
      path,
      `it was signed by the method "${method}", and no signer in authenticity.signatures has ${option}`,
    );
  }
  const { name, form } =
    method === 'sigstore'
      ? { name: await verifySigstore(document, signers.identities, path), form: 'dsse' as const }
      : method === 'key'
        ? byKey(bundle, signers, path)
        : byCertificate(bundle, { signers, now, path });
  return { manifest: readManifest(envelope.payload, form, path), method, signer: name };
}

function byKey({ envelope, material }: SignatureBundle, { keys }: TrustedSigners, path: string): Signer {
  for (const { key, fingerprint } of keys) {
    const form = verifyEnvelope(envelope, key);
    if (form !== undefined) return { name: fingerprint, form };
  }
  const hint = material.method === 'key' ? material.hint : undefined;
  const isOther = hint !== undefined && keys.every(({ fingerprint }) => fingerprint !== hint);
  if (isOther) throw untrusted(path, `it names the key ${hint.slice(0, 64)}, which is not among the trusted ones`);
  throw invalid(path, 'no trusted key made it over this content');
}

function byCertificate(
  { envelope, material }: SignatureBundle,
  { signers, now, path }: { readonly signers: TrustedSigners; readonly now: Date; readonly path: string },
): Signer {
  try {
    const chain = material.method === 'certificate' ? material.certificates : [];
    const { key, name } = verifyChain(chain, signers.roots, now);
    const form = verifyEnvelope(envelope, key);
    if (form === undefined) throw invalid(path, `the key of ${name} did not make it over this content`);
    return { name, form };
  } catch (error) {
    throw error instanceof ChainProblem ? untrusted(path, error.message) : error;
  }
}

function untrusted(path: string, why: string): AuthenticityError {
  return new AuthenticityError('ML_SIGNATURE_UNTRUSTED', `${path} is not trusted: ${why}`, { details: { path } });
}

function invalid(path: string, why: string): AuthenticityError {
  return new AuthenticityError(
    'ML_SIGNATURE_INVALID',
    `${path} is not valid: ${why}. Do not use the model; fetch it and its signature again from the publisher`,
    { details: { path } },
  );
}
