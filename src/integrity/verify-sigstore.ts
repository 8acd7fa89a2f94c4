import type * as Bundles from '@sigstore/bundle';
import type * as Protobuf from '@sigstore/protobuf-specs';
import type * as Verification from '@sigstore/verify';
import { AuthenticityError } from '../errors/authenticity-error.ts';
import type { JsonObject } from './json-fields.ts';
import type { TrustedIdentity } from './trusted-signers.ts';

/**
 * Verifies a Sigstore bundle without the network: certificate, transparency log, timestamps and signature against the
 * pinned root, then identity and issuer.
 *
 * @param path for messages
 * @returns the identity
 * @throws `ML_SIGNATURE_UNSUPPORTED` where the packages are not installed; `ML_SIGNATURE_INVALID`, `_UNTRUSTED`
 */
export async function verifySigstore(
  document: JsonObject,
  identities: readonly TrustedIdentity[],
  path: string,
): Promise<string> {
  const { bundles, verification, protobuf } = await packages(path);
  const reasons: string[] = [];
  const others: string[] = [];
  for (const { identity, issuer, trustedRoot } of identities) {
    try {
      const trust = verification.toTrustMaterial(protobuf.TrustedRoot.fromJSON(trustedRoot));
      const entity = verification.toSignedEntity(bundles.bundleFromJSON(document));
      const { identity: signer } = new verification.Verifier(trust).verify(entity);
      // Compared here: the package takes an identity for a pattern that may match anywhere.
      if (signer?.subjectAlternativeName === identity && signer.extensions?.issuer === issuer) return identity;
      others.push(`${signer?.subjectAlternativeName} (issuer ${signer?.extensions?.issuer})`);
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (others.length > 0) {
    throw new AuthenticityError(
      'ML_SIGNATURE_UNTRUSTED',
      `${path} was signed by ${others[0]}, who is not among the trusted Sigstore identities; trust it only if you know it`,
      { details: { path, signer: others[0] } },
    );
  }
  throw new AuthenticityError(
    'ML_SIGNATURE_INVALID',
    `${path} does not hold by Sigstore: ${[...new Set(reasons)].join('; ')}; fetch it again, and see whether the pinned trusted root is still current`,
    { details: { path, reasons } },
  );
}

async function packages(path: string): Promise<{
  readonly bundles: typeof Bundles;
  readonly verification: typeof Verification;
  readonly protobuf: typeof Protobuf;
}> {
  try {
    const [bundles, verification, protobuf] = await Promise.all([
      import('@sigstore/bundle'),
      import('@sigstore/verify'),
      import('@sigstore/protobuf-specs'),
    ]);
    return { bundles: whole(bundles), verification: whole(verification), protobuf: whole(protobuf) };
  } catch (error) {
    throw new AuthenticityError(
      'ML_SIGNATURE_UNSUPPORTED',
      `${path} is a Sigstore signature, and what verifies it is not installed: npm install @sigstore/bundle @sigstore/verify @sigstore/protobuf-specs`,
      { details: { path }, cause: error },
    );
  }
}

/** A CommonJS package whose names were not seen from outside has them on `default`. */
function whole<T extends object>(imported: T): T {
  return 'default' in imported ? (imported.default as T) : imported;
}
