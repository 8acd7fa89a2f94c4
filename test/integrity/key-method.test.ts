import { link, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyModel } from '../../src/index.ts';
import { parseBundle } from '../../src/integrity/signature-bundle.ts';
import {
  bundleOf,
  codeOf,
  CURVES,
  type Curve,
  folderWith,
  type Json,
  type KeyPair,
  keyPair,
  type Resource,
  resourcesOf,
  sha256,
  statementOf,
  writeInto,
} from './signing.ts';

const FILES = { 'config.json': '{}', 'part/weights.bin': 'weights', 'z.txt': 'z' };
const KEYS = keyPair();

interface Signing {
  readonly files?: Readonly<Record<string, string>>;
  readonly statement?: Json | string;
  readonly bundle?: (bundle: Json) => unknown;
  readonly keys?: KeyPair;
}

/** A folder with a signature in it, as a test wants both. */
function signed({
  files = FILES,
  statement = statementOf(resourcesOf(files)),
  bundle = (same) => same,
  keys = KEYS,
}: Signing = {}): string {
  return folderWith({ ...files, 'model.sig': textOf(bundle(bundleOf(statement, keys))) });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const verdict = (path: string, publicKey = KEYS.pem, ignorePaths: readonly string[] = []): Promise<string> =>
  codeOf(verifyModel(path, { signatures: [{ publicKey }], ignorePaths }));
const failure = (path: string): Promise<unknown> =>
  verifyModel(path, { signatures: [{ publicKey: KEYS.pem }] }).then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  );

describe('a signature by key', () => {
  test.each(Object.keys(CURVES) as Curve[])('of %s holds', async (curve) => {
    const keys = keyPair(curve);
    const folder = signed({ keys });
    const { signature, signedBy } = await verifyModel(folder, {
      signatures: [{ publicKey: keyPair().pem }, { publicKey: keys.pem }],
    });
    expect(signature).toBe('ok');
    expect(signedBy).toEqual({
      path: join(folder, 'model.sig'),
      method: 'key',
      signer: sha256(keys.pem),
      subject: 'model',
      files: 3,
    });
    // The hint names no key that is trusted here.
    expect(await verdict(folder)).toBe('ML_SIGNATURE_UNTRUSTED');
  });

  test('by another key fails, whatever key the bundle brings', async () => {
    const other = keyPair();
    const own = {
      publicKey: { rawBytes: Buffer.from(other.pem).toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256' },
    };
    const folder = signed({ keys: other, bundle: (bundle) => ({ ...bundle, verificationMaterial: own }) });
    expect(await verdict(folder)).toBe('ML_SIGNATURE_INVALID');
    const hint = { publicKey: { hint: sha256(other.pem) } };
    const named = signed({ keys: other, bundle: (bundle) => ({ ...bundle, verificationMaterial: hint }) });
    expect(await verdict(named)).toBe('ML_SIGNATURE_UNTRUSTED');
  });

  test.each([
    ['no keyid', (one: Json) => ({ sig: one['sig'] })],
    ['keyid null', (one: Json) => ({ ...one, keyid: null })],
    ['keyid of anything', (one: Json) => ({ ...one, keyid: 'x' })],
  ])('with %s holds', async (_, change) => {
    const folder = signed({ bundle: (bundle) => withSignatures(bundle, ([one]) => [change(one as Json)]) });
    expect(await verdict(folder)).toBe('none');
  });

  test('of version 1.0, with rawBytes and without ignore_paths or tlogEntries, holds', async () => {
    const material = { publicKey: { rawBytes: 'AAAA', keyDetails: 'PKIX_ECDSA_P256_SHA_256' } };
    expect(await verdict(signed({ bundle: (bundle) => ({ ...bundle, verificationMaterial: material }) }))).toBe('none');
  });
});

const withSignatures = (bundle: Json, change: (signatures: readonly unknown[]) => unknown): Json => {
  const envelope = bundle['dsseEnvelope'] as Json;
  return { ...bundle, dsseEnvelope: { ...envelope, signatures: change(envelope['signatures'] as unknown[]) } };
};
const withEnvelope = (bundle: Json, change: Json): Json => ({
  ...bundle,
  dsseEnvelope: { ...(bundle['dsseEnvelope'] as Json), ...change },
});

describe('the files beside a signature', () => {
  test.each<[string, (folder: string) => Promise<unknown>, string]>([
    ['a changed file', (folder) => writeFile(join(folder, 'z.txt'), 'Z'), '"z.txt" is not what was signed'],
    ['one more file', (folder) => writeFile(join(folder, 'part', 'extra'), ''), '"part/extra" was not signed'],
    ['a hidden file', (folder) => writeFile(join(folder, '.hidden'), ''), '".hidden" was not signed'],
    [
      'Git files below the top',
      (folder) => writeFile(join(folder, 'part', '.gitignore'), ''),
      '"part/.gitignore" was not signed',
    ],
    ['a missing file', (folder) => rm(join(folder, 'z.txt')), '"z.txt" was signed and is missing'],
    [
      'a renamed file',
      (folder) => rename(join(folder, 'z.txt'), join(folder, 'Z.txt')),
      '"Z.txt" was not signed; "z.txt" was signed and is missing',
    ],
    [
      'a link in place of a file',
      async (folder) => {
        await mkdir(join(folder, '.git'));
        await rename(join(folder, 'z.txt'), join(folder, '.git', 'z'));
        await symlink(join('.git', 'z'), join(folder, 'z.txt'));
      },
      '"z.txt" is a link, and the signature allows none',
    ],
    ['a linked folder', (folder) => symlink('part', join(folder, 'again')), 'again is a link to a folder'],
  ])('%s fails', async (_, change, message) => {
    const folder = signed();
    await change(folder);
    expect(await failure(folder)).toContain(message);
  });

  test('Git files at the top and hard links do not matter', async () => {
    const folder = signed();
    writeInto(folder, { '.gitignore': '', '.gitattributes': '', '.git/HEAD': '', '.github/x/y': '' });
    await link(join(folder, 'z.txt'), join(folder, '.git', 'z'));
    expect(await verdict(folder)).toBe('none');
  });

  test('what the signature or the caller leaves out need not be covered', async () => {
    const serialization = { ignore_paths: ['cache', 'notes.md'] };
    const folder = signed({ statement: statementOf(resourcesOf(FILES), { serialization }) });
    writeInto(folder, { 'cache/a/b': '', 'notes.md': '' });
    expect(await verdict(folder)).toBe('none');
    writeInto(folder, { 'part/cache': '' });
    expect(await failure(folder)).toContain('"part/cache" was not signed');
    expect(await verdict(folder, KEYS.pem, ['part/cache'])).toBe('none');
    expect(await verdict(folder, KEYS.pem, ['cache'])).toBe('ML_SIGNATURE_MISMATCH');
  });

  test('links that the signature allows are followed and hashed', async () => {
    const files = { ...FILES, alias: 'z' };
    const folder = signed({ statement: statementOf(resourcesOf(files), { serialization: { allow_symlinks: true } }) });
    await symlink('z.txt', join(folder, 'alias'));
    expect(await verdict(folder)).toBe('none');
    await rm(join(folder, 'alias'));
    await symlink('config.json', join(folder, 'alias'));
    expect(await verdict(folder)).toBe('ML_SIGNATURE_MISMATCH');
  });

  test('a signature beside the folder signs the same', async () => {
    const folder = signed();
    await rename(join(folder, 'model.sig'), `${folder}.sig`);
    expect(await verdict(folder)).toBe('none');
    await writeFile(join(folder, 'model.sig'), '');
    // It is a file as any other now.
    expect(await verdict(folder)).toBe('ML_SIGNATURE_MISMATCH');
    await rm(`${folder}.sig`);
  });

  test('none at all is missing, unless it may be', async () => {
    const folder = folderWith(FILES);
    expect(await verdict(folder)).toBe('ML_SIGNATURE_MISSING');
    const { signature } = await verifyModel(folder, { policy: 'ifPresent', signatures: [{ publicKey: KEYS.pem }] });
    expect(signature).toBe('absent');
    await writeFile(join(folder, 'model.sig'), '{}');
    const anything = verifyModel(folder, { policy: 'ifPresent', signatures: [{ publicKey: KEYS.pem }] });
    expect(await codeOf(anything)).toBe('ML_SIGNATURE_MALFORMED');
  });
});

describe('a file signed by itself', () => {
  const bytes = 'model';
  const file = (name: string): Resource => ({ name, digest: sha256(bytes), algorithm: 'sha256' });
  const signedFile = (resources: readonly Resource[], serialization: Json = {}): string => {
    const signature = JSON.stringify(bundleOf(statementOf(resources, { serialization }), KEYS));
    return join(folderWith({ 'm.onnx': bytes, 'm.onnx.sig': signature }), 'm.onnx');
  };

  test.each([['.'], ['m.onnx']])('as %s holds', async (name) => {
    expect(await verdict(signedFile([file(name)]))).toBe('none');
  });

  test.each<[string, readonly Resource[]]>([
    ['under another name', [file('other.onnx')]],
    ['with a second file', [file('m.onnx'), file('n.onnx')]],
  ])('%s fails', async (_, resources) => {
    expect(await verdict(signedFile(resources))).toBe('ML_SIGNATURE_MISMATCH');
  });

  test('and changed fails; as a link fails', async () => {
    const changed = signedFile([file('.')]);
    await writeFile(changed, 'MODEL');
    expect(await verdict(changed)).toBe('ML_SIGNATURE_MISMATCH');
    const linked = signedFile([file('.')]);
    await rename(linked, `${linked}.real`);
    await symlink('m.onnx.real', linked);
    expect(await failure(linked)).toContain('is a link');
    const allowed = signedFile([file('.')], { allow_symlinks: true });
    await rename(allowed, `${allowed}.real`);
    await symlink('m.onnx.real', allowed);
    expect(await verdict(allowed)).toBe('none');
  });

  test('in shards holds', async () => {
    const shard = (start: number, end: number): Resource => ({
      name: `.:${start}:${end}`,
      digest: sha256(bytes.slice(start, end)),
      algorithm: 'sha256-sharded-3',
    });
    const shards = { method: 'shards', shard_size: 3 };
    expect(await verdict(signedFile([shard(0, 3), shard(3, 5)], shards))).toBe('none');
    expect(await verdict(signedFile([shard(0, 3)], shards))).toBe('ML_SIGNATURE_MISMATCH');
  });

  test('left out of the signature of its folder fails', async () => {
    const statement = statementOf(resourcesOf({ 'z.txt': 'z' }), { serialization: { ignore_paths: ['m.onnx'] } });
    const folder = folderWith({
      'm.onnx': bytes,
      'z.txt': 'z',
      'model.sig': JSON.stringify(bundleOf(statement, KEYS)),
    });
    expect(await failure(join(folder, 'm.onnx'))).toContain('"m.onnx" is left out of the signature');
    expect(await verdict(folder)).toBe('none');
  });
});

describe('shards', () => {
  const files = { 'a:b': '0123456789', 'dir/c': 'abc', empty: '' };
  const SIZE = 4;
  const shardsOf = (algorithm = 'sha256'): Resource[] =>
    Object.entries(files).flatMap(([name, content]) =>
      Array.from({ length: Math.ceil(content.length / SIZE) }, (_, i) => {
        const [start, end] = [i * SIZE, Math.min((i + 1) * SIZE, content.length)];
        return { name: `${name}:${start}:${end}`, digest: sha256(content.slice(start, end)), algorithm };
      }),
    );
  const serialization = { method: 'shards', shard_size: SIZE };
  const withShards = (resources: readonly Resource[], more: Json = {}): string =>
    signed({ files, statement: statementOf(resources, { serialization: { ...serialization, ...more } }) });

  test('hold; files without bytes are not listed', async () => {
    expect(await verdict(withShards(shardsOf()))).toBe('none');
    expect(await verdict(withShards(shardsOf(`sha256-sharded-${SIZE}`)))).toBe('none');
  });

  test.each<[string, (folder: string) => Promise<unknown>]>([
    ['a longer file', (folder) => writeFile(join(folder, 'dir', 'c'), 'abcd')],
    ['a shorter file', (folder) => writeFile(join(folder, 'a:b'), '01234567')],
    ['a changed shard', (folder) => writeFile(join(folder, 'a:b'), '0123456780')],
    ['bytes in the empty file', (folder) => writeFile(join(folder, 'empty'), 'x')],
    ['a missing file', (folder) => rm(join(folder, 'dir', 'c'))],
  ])('%s fails', async (_, change) => {
    const folder = withShards(shardsOf());
    await change(folder);
    expect(await verdict(folder)).toBe('ML_SIGNATURE_MISMATCH');
  });

  test.each<[string, readonly Resource[], Json]>([
    ['a hole', shardsOf().filter(({ name }) => name !== 'a:b:4:8'), {}],
    ['another size', shardsOf(), { shard_size: 5 }],
    ['no size', shardsOf(), { shard_size: undefined }],
    ['size 0', shardsOf(), { shard_size: 0 }],
    ['size as text', shardsOf(), { shard_size: '4' }],
    ['names without shards', resourcesOf(files), {}],
    ['whole files with a size', resourcesOf(files), { method: 'files' }],
    ['another method', shardsOf(), { method: 'pieces' }],
    ['another algorithm', shardsOf('sha256-sharded-5'), {}],
  ])('%s are refused', async (_, resources, more) => {
    expect(await verdict(withShards(resources, more))).toBe('ML_SIGNATURE_MALFORMED');
  });

  test('order by path and offset, as the signing tool has it, or by code points', async () => {
    const long = 'x'.repeat(48);
    const one = { 'a.b': 'p', 'a/b': 'q', 'a/long': long };
    const whole = resourcesOf(one);
    expect(whole.map(({ name }) => name)).toEqual(['a.b', 'a/b', 'a/long']);
    const byPath = [whole[1], whole[2], whole[0]] as Resource[];
    expect(await verdict(signed({ files: one, statement: statementOf(whole) }))).toBe('none');
    expect(await verdict(signed({ files: one, statement: statementOf(byPath) }))).toBe('none');
    const reversed = whole.toReversed();
    expect(await verdict(signed({ files: one, statement: statementOf(reversed) }))).toBe('ML_SIGNATURE_MALFORMED');
    const shards = Array.from({ length: 12 }, (_, i) => ({
      name: `f:${i * 4}:${i * 4 + 4}`,
      digest: sha256('xxxx'),
      algorithm: 'sha256',
    }));
    const statement = statementOf(shards, { serialization });
    expect(await verdict(signed({ files: { f: long }, statement }))).toBe('none');
  });
});

describe('hashes', () => {
  test('blake2b holds', async () => {
    const resources = resourcesOf(FILES, 'blake2b512', 'blake2b');
    const statement = statementOf(resources, { serialization: { hash_type: 'blake2b' } });
    const folder = signed({ statement });
    expect(await verdict(folder)).toBe('none');
    writeInto(folder, { 'z.txt': 'Z' });
    expect(await verdict(folder)).toBe('ML_SIGNATURE_MISMATCH');
  });

  test.each([
    ['blake3', 'ML_SIGNATURE_UNSUPPORTED'],
    ['md5', 'ML_SIGNATURE_UNSUPPORTED'],
    ['constructor', 'ML_SIGNATURE_UNSUPPORTED'],
  ])('%s is refused', async (hash_type, code) => {
    const resources = resourcesOf(FILES).map((one) => ({ ...one, algorithm: hash_type }));
    expect(await verdict(signed({ statement: statementOf(resources, { serialization: { hash_type } }) }))).toBe(code);
  });

  test('a shortened digest, another algorithm, and upper case are refused', async () => {
    const changes: ((one: Resource) => Resource)[] = [
      (one) => ({ ...one, digest: one.digest.slice(0, 32) }),
      (one) => ({ ...one, digest: one.digest.toUpperCase() }),
      (one) => ({ ...one, algorithm: 'blake2b' }),
      (one) => ({ ...one, digest: createHash('md5').update('x').digest('hex'), algorithm: 'md5' }),
    ];
    for (const change of changes) {
      const statement = statementOf(resourcesOf(FILES).map(change));
      expect(await verdict(signed({ statement }))).toBe('ML_SIGNATURE_MALFORMED');
    }
  });
});

describe('statements that a trusted key signed', () => {
  const good = statementOf(resourcesOf(FILES));
  const predicate = good['predicate'] as { resources: Resource[]; serialization: Json };
  const [first, ...others] = predicate.resources as [Resource, ...Resource[]];
  const resources = (changed: readonly unknown[]): Json => statementOf(changed as Resource[]);
  const named = (name: string): Json => resources([{ ...first, name }, ...others]);
  test.each<[string, Json | string]>([
    ['another predicate', { ...good, predicateType: 'https://example.com/wrong-predicate/v1.0' }],
    ['the predicate of version 0.2', { ...good, predicateType: 'https://model_signing/Digests/v0.1' }],
    ['the predicate with a slash', { ...good, predicateType: 'https://model_signing/signature/v1.0/' }],
    ['another statement', { ...good, _type: 'https://in-toto.io/Statement/v0.1' }],
    ['no predicate', { ...good, predicate: undefined }],
    ['no subject', { ...good, subject: [] }],
    ['two subjects', { ...good, subject: [...(good['subject'] as unknown[]), ...(good['subject'] as unknown[])] }],
    ['another root digest', { ...good, subject: [{ name: 'model', digest: { sha256: sha256('x') } }] }],
    ['a root digest of another hash', { ...good, subject: [{ name: 'model', digest: { sha512: sha256('x') } }] }],
    ['no files', resources([])],
    ['a file twice', resources([first, first, ...others])],
    ['the folder itself', named('')],
    ['a path out of the folder', named('../config.json')],
    ['an absolute path', named('/config.json')],
    ['a path with a dot', named('./config.json')],
    ['a path with two slashes', named('.//config.json')],
    ['a path with a slash at its end', named('config.json/')],
    ['a name that is a number', resources([{ ...first, name: 1 }, ...others])],
    ['links neither allowed nor not', statementOf(predicate.resources, { serialization: { allow_symlinks: 'false' } })],
    ['everything left out', statementOf(predicate.resources, { serialization: { ignore_paths: ['.'] } })],
    ['a pattern left out', statementOf(predicate.resources, { serialization: { ignore_paths: ['*'] } })],
    ['a path above left out', statementOf(predicate.resources, { serialization: { ignore_paths: ['../x'] } })],
    ['ignore_paths as text', statementOf(predicate.resources, { serialization: { ignore_paths: 'x' } })],
    ['a key twice', JSON.stringify(good).replace('{', '{"predicateType":"x",')],
    ['a key twice, once escaped', JSON.stringify(good).replace('{', '{"predicate\\u0054ype":"x",')],
    ['no object', '[]'],
    ['deep JSON', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['truncated JSON', JSON.stringify(good).slice(0, -20)],
    ['a byte order mark', `\u{feff}${JSON.stringify(good)}`],
  ])('%s is refused', async (_, statement) => {
    expect(await verdict(signed({ statement }))).toBe('ML_SIGNATURE_MALFORMED');
  });

  test('fields that nobody knows are passed over; prototypes stay as they are', async () => {
    const more = JSON.stringify({ ...good, extra: 1 }).replace('{', '{"__proto__":{"polluted":1},"constructor":1,');
    expect(await verdict(signed({ statement: more }))).toBe('none');
    expect((Object.prototype as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('bundles', () => {
  const hint = { publicKey: { hint: 'x' } };
  test.each<[string, (bundle: Json) => unknown]>([
    ['truncated', (bundle) => JSON.stringify(bundle).slice(0, -5)],
    ['empty', () => ''],
    ['a list', (bundle) => [bundle]],
    ['with a key twice', (bundle) => JSON.stringify(bundle).replace('{', '{"mediaType":"x",')],
    ['deep', (bundle) => JSON.stringify(bundle).replace('{', `{"x":${'['.repeat(50_000)}${']'.repeat(50_000)},`)],
    ['deep and cut', () => '{"a":'.repeat(100_000)],
    ['huge', (bundle) => JSON.stringify({ ...bundle, padding: 'x'.repeat(9_000_000) })],
    ['of another media type', (bundle) => ({ ...bundle, mediaType: 'application/json' })],
    [
      'of an older media type',
      (bundle) => ({ ...bundle, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1' }),
    ],
    ['without material', (bundle) => ({ ...bundle, verificationMaterial: {} })],
    ['with two methods', (bundle) => ({ ...bundle, verificationMaterial: { ...hint, x509CertificateChain: {} } })],
    [
      'with no certificates',
      (bundle) => ({ ...bundle, verificationMaterial: { x509CertificateChain: { certificates: [] } } }),
    ],
    [
      'of Sigstore without a log',
      (bundle) => ({ ...bundle, verificationMaterial: { certificate: { rawBytes: 'AAAA' }, tlogEntries: [] } }),
    ],
    ['without an envelope', (bundle) => ({ ...bundle, dsseEnvelope: undefined })],
    ['with a message signature', (bundle) => ({ ...bundle, dsseEnvelope: undefined, messageSignature: {} })],
    ['of another payload type', (bundle) => withEnvelope(bundle, { payloadType: 'application/json' })],
    ['without signatures', (bundle) => withSignatures(bundle, () => [])],
    ['with two signatures', (bundle) => withSignatures(bundle, ([one]) => [one, one])],
    ['with no Base64', (bundle) => withSignatures(bundle, () => [{ sig: '!' }])],
    ['with another Base64', (bundle) => JSON.stringify(bundle).replace('"payload":"', '"payload":" ')],
  ])('%s are refused', async (_, bundle) => {
    expect(await verdict(signed({ bundle }))).toBe('ML_SIGNATURE_MALFORMED');
  });

  test('with any bit of the signed content or the signature flipped do not hold', async () => {
    const bundle = bundleOf(statementOf(resourcesOf(FILES)), KEYS);
    const { payload, signatures } = bundle['dsseEnvelope'] as { payload: string; signatures: { sig: string }[] };
    const text = JSON.stringify(bundle);
    const folder = folderWith(FILES);
    const parts = [payload, signatures[0]?.sig ?? ''];
    await fc.assert(
      fc.asyncProperty(fc.nat(1), fc.nat(), fc.nat(7), async (part, place, bit) => {
        const old = parts[part] as string;
        const bytes = Buffer.from(old, 'base64');
        const at = place % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        writeInto(folder, { 'model.sig': text.replace(old, bytes.toString('base64')) });
        expect(await verdict(folder)).toMatch(/^ML_SIGNATURE_(INVALID|UNTRUSTED)$/);
      }),
      { numRuns: 60 },
    );
  });

  test('of any bytes read or are refused by a typed error', () => {
    const text = JSON.stringify(bundleOf(statementOf(resourcesOf(FILES)), KEYS));
    const read = (bytes: Uint8Array): string => {
      try {
        return parseBundle(bytes, 'x').material.method;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ unit: 'binary', maxLength: 4 }), fc.nat(9), (at, put, cut) => {
        const bytes = Buffer.from(text.slice(0, at) + put + text.slice(at + cut));
        expect(['key', 'ML_SIGNATURE_MALFORMED']).toContain(read(bytes));
      }),
      { numRuns: 400 },
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => read(bytes) === 'ML_SIGNATURE_MALFORMED'));
  });
});

describe('trusted keys', () => {
  const folder = (): string => signed();
  test('come from PEM text or a file, with words around them', async () => {
    const path = join(folderWith({ 'key.pem': `Public key of the release\n${KEYS.pem}\n` }), 'key.pem');
    expect(await verdict(folder(), path)).toBe('none');
  });

  test.each<[string, () => string]>([
    ['a file that is not there', () => '/nonexistent/key.pem'],
    ['a private key', () => KEYS.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['two keys', () => KEYS.pem + keyPair().pem],
    ['no key', () => '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
    ['nothing', () => '-----BEGIN '],
  ])('%s is refused', async (_, publicKey) => {
    expect(await verdict(folder(), publicKey())).toBe('ML_OPTIONS_INVALID');
  });

  test('nothing to prove by, or no signers, is refused', async () => {
    const path = folder();
    const env = {};
    expect(await codeOf(verifyModel(path, { env }))).toBe('ML_OPTIONS_INVALID');
    expect(await codeOf(verifyModel(path, { signatures: [], env }))).toBe('ML_OPTIONS_INVALID');
  });
});
