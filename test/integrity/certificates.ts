// Makes X.509 certificates for tests: node:crypto reads them and cannot write them.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { KeyPair } from './signing.ts';

const DAY_MS = 86_400_000;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (content: string): Buffer => der(6, hex(content));
const nameOf = (name: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
const time = (at: Date): Buffer => der(0x18, Buffer.from(at.toISOString().replaceAll(/[-:T]|\.\d+/g, '')));

/** What a test says of a certificate; the rest is as it should be. */
export interface CertificateFields {
  readonly name?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly isAuthority?: boolean;
  readonly pathLength?: number;
  /** Bits of the key usage, the first the highest; `false` for none at all. */
  readonly usage?: number | false;
  /** Object identifiers as hex; `false` for none at all. */
  readonly extendedUsage?: readonly string[] | false;
  /** Hex of the identifier of a critical extension that nobody knows. */
  readonly unknown?: string;
  /** Hex of the identifier of the algorithm, and the hash that goes with it. */
  readonly signedWith?: { readonly id: string; readonly hash: string };
}

export interface Certified extends KeyPair {
  readonly certificate: Buffer;
  readonly certificatePem: string;
  readonly name: string;
}

const SIGNING = 0x80;
const CERTIFYING = 0x04;
export const CODE_SIGNING = '2b06010505070303';
export const SERVER = '2b06010505070301';

/** A certificate for a new key, signed by `issuer` or by itself. */
export function certified(
  fields: CertificateFields,
  issuer?: { readonly name: string; readonly privateKey: KeyObject },
  keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
  }),
): Certified {
  const { name = `test ${randomBytes(4).toString('hex')}`, isAuthority = false } = fields;
  const { usage = isAuthority ? CERTIFYING : SIGNING, extendedUsage = isAuthority ? false : [CODE_SIGNING] } = fields;
  const { from = new Date(Date.now() - DAY_MS), to = new Date(Date.now() + DAY_MS) } = fields;
  const { id, hash } = fields.signedWith ?? { id: '2a8648ce3d040302', hash: 'sha256' };
  const extension = (identifier: string, value: Buffer, critical = true): Buffer =>
    sequence(oid(identifier), ...(critical ? [der(1, hex('ff'))] : []), der(4, value));
  const length = fields.pathLength === undefined ? [] : [der(2, Buffer.from([fields.pathLength]))];
  const extensions = [
    extension('551d13', sequence(...(isAuthority ? [der(1, hex('ff')), ...length] : []))),
    ...(usage === false ? [] : [extension('551d0f', der(3, Buffer.from([0, usage])))]),
    ...(extendedUsage === false ? [] : [extension('551d25', sequence(...extendedUsage.map(oid)), false)]),
    ...(fields.unknown === undefined ? [] : [extension(fields.unknown, der(5))]),
  ];
  const algorithm = sequence(oid(id));
  const tbs = sequence(
    der(0xa0, der(2, hex('02'))),
    der(2, Buffer.from([1, ...randomBytes(8)])),
    algorithm,
    nameOf(issuer?.name ?? name),
    sequence(time(from), time(to)),
    nameOf(name),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign(hash, tbs, issuer?.privateKey ?? keys.privateKey);
  const certificate = sequence(tbs, algorithm, der(3, hex('00'), signature));
  const body = certificate.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd();
  return {
    ...keys,
    name,
    pem: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    certificate,
    certificatePem: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
  };
}

/** A certificate's place in a bundle. */
export function chainMaterial(...chain: readonly Certified[]): Record<string, unknown> {
  const certificates = chain.map(({ certificate }) => ({ rawBytes: certificate.toString('base64') }));
  return { x509CertificateChain: { certificates }, tlogEntries: [] };
}
