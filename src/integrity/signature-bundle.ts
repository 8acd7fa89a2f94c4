import { AuthenticityError } from '../errors/authenticity-error.ts';
import { arrayField, field, isObject, type JsonObject, objectField, textField } from './json-fields.ts';
import { JsonProblem, parseStrictJson } from './strict-json.ts';

/** What is signed, and the signature over it. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

/** What the bundle brings to check the signature with. None of it is trusted by itself. */
export type VerificationMaterial =
  | { readonly method: 'key'; readonly hint: string | undefined }
  | { readonly method: 'certificate'; readonly certificates: readonly Buffer[] }
  | { readonly method: 'sigstore' };

/** An OpenSSF Model Signing bundle, taken apart and not yet verified. */
export interface SignatureBundle {
  readonly material: VerificationMaterial;
  readonly envelope: Envelope;
  /** The whole document, for Sigstore's own verifier. */
  readonly document: JsonObject;
}

const MEDIA_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.dev.sigstore.bundle.v0.3+json',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
]);
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
/** Certificates of one chain. */
const MAX_CERTIFICATES = 10;

/**
 * Reads a bundle: a Sigstore bundle around a DSSE envelope with exactly one signature.
 *
 * @param path for messages
 * @throws `ML_SIGNATURE_MALFORMED`
 */
export function parseBundle(bytes: Uint8Array, path: string): SignatureBundle {
  try {
    const document = parseStrictJson(bytes);
    if (!isObject(document)) throw new JsonProblem('it is no object');
    const mediaType = textField(document, 'mediaType');
    if (!MEDIA_TYPES.has(mediaType))
      throw new JsonProblem(`its mediaType is ${JSON.stringify(mediaType.slice(0, 80))}`);
    const material = materialOf(objectField(document, 'verificationMaterial'));
    return { material, envelope: envelopeOf(objectField(document, 'dsseEnvelope')), document };
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw malformed(path, error.message);
  }
}

/** The error for a signature file that breaks the rules. */
export function malformed(path: string, what: string): AuthenticityError {
  return new AuthenticityError(
    'ML_SIGNATURE_MALFORMED',
    `${path} is no OpenSSF Model Signing bundle: ${what}; copy it again, or sign the model again`,
    { details: { path } },
  );
}

function materialOf(material: JsonObject): VerificationMaterial {
  const kinds = ['publicKey', 'x509CertificateChain', 'certificate'].filter(
    (name) => field(material, name) !== undefined,
  );
  if (kinds.length !== 1) {
    throw new JsonProblem(
      `verificationMaterial has ${kinds.length === 0 ? 'no method' : kinds.join(' and ')} where one method belongs`,
    );
  }
  if (kinds[0] === 'publicKey') {
    const hint = field(objectField(material, 'publicKey'), 'hint');
    // Older bundles carry the key itself. It is not even looked at: whom to trust is the caller's to say.
    return { method: 'key', hint: typeof hint === 'string' ? hint : undefined };
  }
  if (kinds[0] === 'certificate') {
    textField(objectField(material, 'certificate'), 'rawBytes');
    if (arrayField(material, 'tlogEntries').length === 0) throw new JsonProblem('tlogEntries is empty');
    return { method: 'sigstore' };
  }
  const certificates = arrayField(objectField(material, 'x509CertificateChain'), 'certificates');
  if (certificates.length === 0 || certificates.length > MAX_CERTIFICATES) {
    throw new JsonProblem(`certificates has ${certificates.length} entries, 1 to ${MAX_CERTIFICATES} are allowed`);
  }
  return {
    method: 'certificate',
    certificates: certificates.map((one) => base64(textField(isObject(one) ? one : {}, 'rawBytes'), 'rawBytes')),
  };
}

function envelopeOf(envelope: JsonObject): Envelope {
  const payloadType = textField(envelope, 'payloadType');
  if (payloadType !== PAYLOAD_TYPE) throw new JsonProblem(`its payloadType is not ${PAYLOAD_TYPE}`);
  const signatures = arrayField(envelope, 'signatures');
  const [only] = signatures;
  if (signatures.length !== 1 || !isObject(only)) {
    throw new JsonProblem(`it has ${signatures.length} signatures where one belongs`);
  }
  const payload = base64(textField(envelope, 'payload'), 'payload');
  return { payloadType, payload, signature: base64(textField(only, 'sig'), 'sig') };
}

/** Only the one spelling that the bytes have: another would be another file with the same signature. */
function base64(text: string, name: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== text) throw new JsonProblem(`${name} is no Base64`);
  return bytes;
}
