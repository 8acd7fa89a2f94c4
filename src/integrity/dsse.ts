import { type KeyObject, verify } from 'node:crypto';
import type { Envelope } from './signature-bundle.ts';

/** How what was signed was put together: as DSSE says, or as version 0.2 of the signing tool did by mistake. */
export type SignedForm = 'dsse' | 'v0.2';

/** Curves and the hash that belongs to each. */
const HASHES: ReadonlyMap<string | undefined, string> = new Map([
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
  ['secp521r1', 'sha512'],
]);

/** The predicate type of version 0.2 of the signing tool. */
export const OLD_PREDICATE = 'https://model_signing/Digests/v0.1';
/** Bytes of a payload that are spelt out as version 0.2 did. */
const MAX_OLD_PAYLOAD: number = 2 ** 20;

/** Whether signatures of this key can be checked: P-256, P-384 or P-521. */
export function isSupportedKey(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ec' && HASHES.has(key.asymmetricKeyDetails?.namedCurve);
}

/** Checks an ECDSA signature; `undefined` where it was not made by this key over this payload. */
export function verifyEnvelope(envelope: Envelope, key: KeyObject): SignedForm | undefined {
  const { payloadType, payload, signature } = envelope;
  const hash = HASHES.get(key.asymmetricKeyDetails?.namedCurve);
  if (hash === undefined) return undefined;
  const header = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  if (isSigned(hash, Buffer.concat([Buffer.from(header), payload]), { key, signature })) return 'dsse';
  if (payload.length > MAX_OLD_PAYLOAD || !payload.includes(OLD_PREDICATE)) return undefined;
  // Version 0.2.0 signed Python's spelling of the bytes, and always with SHA-256.
  const spelt = `DSSEV1 ${payloadType.length} ${payloadType} ${payload.length} ${pythonBytes(payload)}`;
  return isSigned('sha256', Buffer.from(spelt), { key, signature }) ? 'v0.2' : undefined;
}

function isSigned(
  hash: string,
  data: Buffer,
  { key, signature }: { readonly key: KeyObject; readonly signature: Buffer },
): boolean {
  try {
    return verify(hash, data, { key, dsaEncoding: 'der' }, signature);
  } catch {
    // OpenSSL throws on a signature that is no DER at all.
    return false;
  }
}

/** `b'...'` as Python writes bytes. A JSON document has double quotes, so that single ones are around it. */
function pythonBytes(bytes: Buffer): string {
  const named = new Map([
    [9, '\\t'],
    [10, '\\n'],
    [13, '\\r'],
    [39, "\\'"],
    [92, '\\\\'],
  ]);
  const spelt = Array.from(bytes, (byte) => {
    const plain = byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
    return named.get(byte) ?? plain;
  });
  return `b'${spelt.join('')}'`;
}
