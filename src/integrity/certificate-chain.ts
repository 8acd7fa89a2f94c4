import { type KeyObject, X509Certificate } from 'node:crypto';
import { type CertificateFacts, certificateFacts, OID } from './certificate-facts.ts';
import { DerProblem } from './der-reader.ts';
import { isSupportedKey } from './dsse.ts';

/** Why a chain of certificates is not trusted, as the end of a sentence. */
export class ChainProblem extends Error {}

/** Who signed, by certificate. */
export interface CertifiedSigner {
  readonly key: KeyObject;
  /** Subject of the certificate, on one line. */
  readonly name: string;
}

/** ECDSA and RSA with SHA-256, SHA-384 and SHA-512; Ed25519. */
const STRONG: ReadonlySet<string> = new Set([
  '2a8648ce3d040302',
  '2a8648ce3d040303',
  '2a8648ce3d040304',
  '2a864886f70d01010b',
  '2a864886f70d01010c',
  '2a864886f70d01010d',
  '2b6570',
]);
const MIN_RSA_BITS = 2048;

interface Certificate {
  readonly x509: X509Certificate;
  readonly facts: CertificateFacts;
}

/**
 * Verifies a chain from a signer's certificate to a given authority. Every certificate in it must be valid now: a
 * signature by certificate has no trusted time of its own.
 *
 * @param chain DER: the signer's certificate, then others in any order; what they say is not believed by itself
 * @param roots authorities that the caller trusts
 * @throws ChainProblem
 */
export function verifyChain(chain: readonly Buffer[], roots: readonly X509Certificate[], now: Date): CertifiedSigner {
  const [leaf, ...others] = chain.map(read) as [Certificate, ...Certificate[]];
  const { x509, facts } = leaf;
  const name = nameOf(leaf);
  const problem = ofAny(leaf, now) ?? ofSigner(facts);
  if (problem !== undefined) throw new ChainProblem(`the certificate of ${name} ${problem}`);
  if (!isSupportedKey(x509.publicKey)) {
    throw new ChainProblem(`the key in the certificate of ${name} is none of P-256, P-384 and P-521`);
  }
  const anchors = roots.map((root) => read(root.raw));
  const reasons: string[] = [];
  if (!leadsToRoot(leaf, { others, anchors, now, between: 0, reasons })) {
    const why = reasons.length === 0 ? 'none of the given authorities issued it' : reasons.join('; ');
    throw new ChainProblem(`the certificate of ${name} leads to no trusted authority: ${why}`);
  }
  return { key: x509.publicKey, name };
}

interface Search {
  /** Certificates that may stand in between and were not used yet. */
  readonly others: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  readonly now: Date;
  /** Authorities between the signer's certificate and this one's issuer. */
  readonly between: number;
  /** Why issuers were not accepted. */
  readonly reasons: string[];
}

/** Each step takes one of at most ten certificates out, so that the search ends. */
function leadsToRoot(child: Certificate, search: Search): boolean {
  const { others, anchors } = search;
  if (anchors.some((anchor) => isIssuer(anchor, child, search))) return true;
  return others.some(
    (other) =>
      isIssuer(other, child, search) &&
      leadsToRoot(other, { ...search, others: others.filter((one) => one !== other), between: search.between + 1 }),
  );
}

function isIssuer(issuer: Certificate, child: Certificate, { now, between, reasons }: Search): boolean {
  if (!child.x509.checkIssued(issuer.x509) || !isSignedBy(child.x509, issuer.x509)) return false;
  const problem = ofAny(issuer, now) ?? ofAuthority(issuer.facts, between);
  if (problem !== undefined) reasons.push(`the authority ${nameOf(issuer)} ${problem}`);
  return problem === undefined;
}

function isSignedBy(child: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return child.verify(issuer.publicKey);
  } catch {
    // A key of another kind than the signature.
    return false;
  }
}

function ofAny({ x509, facts }: Certificate, now: Date): string | undefined {
  const from = new Date(x509.validFrom);
  const to = new Date(x509.validTo);
  if (!(from <= now)) return `is not valid before ${x509.validFrom}`;
  if (!(now <= to)) return `was valid until ${x509.validTo}`;
  if (!STRONG.has(facts.signedWith)) return 'is signed with an algorithm that is not accepted (SHA-1, MD5, or unknown)';
  if (facts.unknownCritical.length > 0) {
    return `has critical extensions that are not understood here (${facts.unknownCritical.join(', ')})`;
  }
  const bits = x509.publicKey.asymmetricKeyDetails?.modulusLength;
  return bits !== undefined && bits < MIN_RSA_BITS ? `has an RSA key of ${bits} bits only` : undefined;
}

function ofSigner({ usage, extendedUsage }: CertificateFacts): string | undefined {
  if (usage === undefined && extendedUsage === undefined) return 'does not say that it is for signing';
  if (usage?.digitalSignature === false) return 'is not for digital signatures (key usage)';
  return allowsCode(extendedUsage) ? undefined : 'is not for signing code (extended key usage)';
}

function ofAuthority(facts: CertificateFacts, between: number): string | undefined {
  if (!facts.isAuthority) return 'is no authority (basic constraints)';
  if (facts.usage?.signCertificates === false) return 'may not sign certificates (key usage)';
  if (!allowsCode(facts.extendedUsage)) return 'is not for signing code (extended key usage)';
  return facts.pathLength !== undefined && between > facts.pathLength
    ? `allows ${facts.pathLength} authorities below it, there are ${between}`
    : undefined;
}

function allowsCode(extendedUsage: ReadonlySet<string> | undefined): boolean {
  return extendedUsage === undefined || extendedUsage.has(OID.codeSigning) || extendedUsage.has(OID.anyUsage);
}

function nameOf({ x509 }: Certificate): string {
  return x509.subject.replaceAll('\n', ', ');
}

function read(der: Buffer): Certificate {
  try {
    return { x509: new X509Certificate(der), facts: certificateFacts(der) };
  } catch (error) {
    const why = error instanceof DerProblem ? `: ${error.message}` : '';
    throw new ChainProblem(`it has a certificate that cannot be read${why}`);
  }
}
