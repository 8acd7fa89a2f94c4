import { DER, derElement, derElements, type DerElement, DerProblem } from './der-reader.ts';

/** What a certificate allows, as far as `node:crypto` does not tell. */
export interface CertificateFacts {
  readonly isAuthority: boolean;
  /** Authorities that may stand between it and the signer's certificate; `undefined` for any number. */
  readonly pathLength: number | undefined;
  /** `undefined` where the certificate does not restrict it. */
  readonly usage: { readonly digitalSignature: boolean; readonly signCertificates: boolean } | undefined;
  /** Object identifiers as hex; `undefined` where the certificate does not restrict it. */
  readonly extendedUsage: ReadonlySet<string> | undefined;
  /** Hex of the object identifiers of critical extensions that are not understood here. */
  readonly unknownCritical: readonly string[];
  /** Hex of the object identifier of the algorithm that it is signed with. */
  readonly signedWith: string;
}

/** Object identifiers, the content of their DER as hex. */
export const OID = {
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedUsage: '551d25',
  codeSigning: '2b06010505070303',
  anyUsage: '551d2500',
} as const;

/** Critical extensions that take nothing away from what is checked. */
const HARMLESS: ReadonlySet<string> = new Set(['551d11', '551d0e', '551d23', '551d20']);

/**
 * Reads a certificate's extensions.
 *
 * @param der of the certificate; one that `node:crypto` has read
 * @throws DerProblem
 */
export function certificateFacts(der: Uint8Array): CertificateFacts {
  const [tbs, algorithm] = derElements(derElement(der, DER.sequence));
  const fields = derElements(content(tbs, DER.sequence));
  const signedWith = hex(content(derElements(content(algorithm, DER.sequence))[0], DER.oid));
  const extensions = extensionsOf(fields.find(({ tag }) => tag === DER.extensions));
  const constraints = constraintsOf(extensions.get(OID.basicConstraints)?.value);
  const known: ReadonlySet<string> = new Set(Object.values(OID));
  return {
    ...constraints,
    usage: usageOf(extensions.get(OID.keyUsage)?.value),
    extendedUsage: extendedUsageOf(extensions.get(OID.extendedUsage)?.value),
    unknownCritical: [...extensions]
      .filter(([id, { critical }]) => critical && !known.has(id) && !HARMLESS.has(id))
      .map(([id]) => id),
    signedWith,
  };
}

interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

function extensionsOf(field: DerElement | undefined): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  if (field === undefined) return extensions;
  for (const element of derElements(derElement(field.content, DER.sequence))) {
    const parts = derElements(content(element, DER.sequence));
    const id = hex(content(parts[0], DER.oid));
    const critical = parts.length === 3 && content(parts[1], DER.boolean)[0] !== 0;
    if (extensions.has(id)) throw new DerProblem(`the extension ${id} is there twice`);
    extensions.set(id, { critical, value: content(parts.at(-1), DER.octets) });
  }
  return extensions;
}

function constraintsOf(value: Uint8Array | undefined): Pick<CertificateFacts, 'isAuthority' | 'pathLength'> {
  if (value === undefined) return { isAuthority: false, pathLength: undefined };
  const parts = derElements(derElement(value, DER.sequence));
  const isAuthority = parts[0]?.tag === DER.boolean && parts[0].content[0] !== 0;
  const length = parts.find(({ tag }) => tag === DER.integer)?.content;
  // More than a byte of authorities in a chain is the same as no limit here.
  return { isAuthority, pathLength: length?.length === 1 ? length[0] : undefined };
}

function usageOf(value: Uint8Array | undefined): CertificateFacts['usage'] {
  if (value === undefined) return undefined;
  const bits = derElement(value, DER.bits)[1] ?? 0;
  return { digitalSignature: (bits & 0x80) !== 0, signCertificates: (bits & 0x04) !== 0 };
}

function extendedUsageOf(value: Uint8Array | undefined): ReadonlySet<string> | undefined {
  if (value === undefined) return undefined;
  return new Set(derElements(derElement(value, DER.sequence)).map((element) => hex(content(element, DER.oid))));
}

function content(element: DerElement | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw new DerProblem(`an element of tag ${tag} is expected`);
  return element.content;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
