import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyModel } from '../../src/index.ts';
import { certificateFacts } from '../../src/integrity/certificate-facts.ts';
import { DerProblem } from '../../src/integrity/der-reader.ts';
import { type CertificateFields, type Certified, certified, chainMaterial, SERVER } from './certificates.ts';
import { bundleOf, codeOf, folderWith, resourcesOf, statementOf, writeInto } from './signing.ts';

const FILES = { 'config.json': '{}', 'weights.bin': 'weights' };
const DAY_MS = 86_400_000;

interface Made {
  readonly root: Certified;
  readonly chain: readonly Certified[];
}

/** Root, authority in between, signer; each as a test wants it. */
function made(signer: CertificateFields = {}, between: CertificateFields = {}, top: CertificateFields = {}): Made {
  const root = certified({ isAuthority: true, ...top });
  const authority = certified({ isAuthority: true, ...between }, root);
  return { root, chain: [certified(signer, authority), authority] };
}

async function verdict({ root, chain }: Made): Promise<string> {
  const folder = folderWith(FILES);
  const statement = statementOf(resourcesOf(FILES));
  writeInto(folder, {
    'model.sig': JSON.stringify(bundleOf(statement, chain[0] as Certified, chainMaterial(...chain))),
  });
  return codeOf(verifyModel(folder, { signatures: [{ certificateRoots: root.certificatePem }] }));
}

describe('signatures by certificate', () => {
  test('hold where the chain leads to the given authority', async () => {
    expect(await verdict(made())).toBe('none');
    const { root, chain } = made();
    const [signer, authority] = chain as [Certified, Certified];
    // In any order, with the root or certificates of others among them.
    expect(await verdict({ root, chain: [signer, root, certified({}), authority] })).toBe('none');
    const direct = certified({}, root);
    expect(await verdict({ root, chain: [direct] })).toBe('none');
  });

  test('tell who signed', async () => {
    const { root, chain } = made({ name: 'release pipeline' });
    const folder = folderWith(FILES);
    const signature = bundleOf(statementOf(resourcesOf(FILES)), chain[0] as Certified, chainMaterial(...chain));
    writeInto(folder, { 'model.sig': JSON.stringify(signature) });
    const { signedBy } = await verifyModel(folder, { signatures: [{ certificateRoots: root.certificatePem }] });
    expect(signedBy).toMatchObject({ method: 'certificate', signer: 'CN=release pipeline', files: 2 });
  });

  const past = { from: new Date(Date.now() - 3 * DAY_MS), to: new Date(Date.now() - DAY_MS) };
  const future = { from: new Date(Date.now() + DAY_MS), to: new Date(Date.now() + 3 * DAY_MS) };
  const sha1 = { signedWith: { id: '2a8648ce3d0401', hash: 'sha1' } };
  test.each<[string, Made]>([
    ['an expired signer', made(past)],
    ['a signer that is not valid yet', made(future)],
    ['an expired authority', made({}, past)],
    ['an expired root', made({}, {}, past)],
    ['a signer that may not sign', made({ usage: 0x20 })],
    ['a signer for servers', made({ extendedUsage: [SERVER] })],
    ['a signer without any usage', made({ usage: false, extendedUsage: false })],
    ['an authority for servers', made({}, { extendedUsage: [SERVER] })],
    ['an authority that is none', made({}, { isAuthority: false, usage: 0x84, extendedUsage: false })],
    ['an authority that may not certify', made({}, { usage: 0x80 })],
    ['a path that is too long', made({}, {}, { pathLength: 0 })],
    ['a critical extension that nobody knows', made({ unknown: '551d1e' })],
    ['a critical extension of an authority', made({}, { unknown: '551d1e' })],
    ['a certificate signed with SHA-1', made(sha1)],
    ['an authority signed with SHA-1', made({}, sha1)],
  ])('%s is not trusted', async (_, one) => {
    expect(await verdict(one)).toBe('ML_SIGNATURE_UNTRUSTED');
  });

  test('another authority of the same name is not trusted', async () => {
    const { chain } = made({}, {}, { name: 'root' });
    expect(await verdict({ root: certified({ name: 'root', isAuthority: true }), chain })).toBe(
      'ML_SIGNATURE_UNTRUSTED',
    );
  });

  test('a chain with its own root is not trusted', async () => {
    const { root, chain } = made();
    expect(await verdict({ root: made().root, chain: [...chain, root] })).toBe('ML_SIGNATURE_UNTRUSTED');
  });

  test('a certificate that signed itself is its own authority only if it is one', async () => {
    const own = certified({ usage: 0x84 });
    expect(await verdict({ root: own, chain: [own] })).toBe('ML_SIGNATURE_UNTRUSTED');
  });

  test('an RSA signer is not trusted', async () => {
    const root = certified({ isAuthority: true });
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(await verdict({ root, chain: [certified({}, root, keys)] })).toBe('ML_SIGNATURE_UNTRUSTED');
  });

  test('the key of another certificate is no signature', async () => {
    const { root, chain } = made();
    const folder = folderWith(FILES);
    const signature = bundleOf(statementOf(resourcesOf(FILES)), certified({}), chainMaterial(...chain));
    writeInto(folder, { 'model.sig': JSON.stringify(signature) });
    const signatures = [{ certificateRoots: root.certificatePem }];
    expect(await codeOf(verifyModel(folder, { signatures }))).toBe('ML_SIGNATURE_INVALID');
  });

  test('bytes that are no certificate, and too many of them', async () => {
    const { root, chain } = made();
    const [signer] = chain as [Certified];
    const broken = { ...signer, certificate: signer.certificate.subarray(0, -3) };
    expect(await verdict({ root, chain: [broken] })).toBe('ML_SIGNATURE_UNTRUSTED');
    expect(await verdict({ root, chain: Array.from({ length: 11 }, () => signer) })).toBe('ML_SIGNATURE_MALFORMED');
  });
});

test('a certificate with any byte changed reads, or is refused as no DER', () => {
  const { certificate } = certified({});
  fc.assert(
    fc.property(fc.nat(certificate.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(certificate);
      changed.writeUInt8(changed.readUInt8(at) ^ change, at);
      try {
        certificateFacts(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(DerProblem);
      }
    }),
    { numRuns: 500 },
  );
});
