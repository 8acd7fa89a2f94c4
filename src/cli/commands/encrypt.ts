import { readFile } from 'node:fs/promises';
import type { EncryptedFile } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';
import { humanBytes } from '../text.ts';

/** Text forms of 32 bytes. */
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[0-9A-Za-z+/]{43}=$/;

/** `encrypt`: a model file that only who has the key can load. */
export const encrypt: CliCommand<EncryptedFile & { readonly keyId: string }> = {
  name: 'encrypt',
  summary: 'encrypts a model file (AES-256-GCM); whoever loads it needs the key',
  usage: '<file>',
  options: [
    { flags: '--key-file <path>', summary: 'file with the key: 32 bytes, or 64 hex digits, or base64' },
    { flags: '--key-id <id>', summary: 'name of the key, written into the file (default: default)' },
    { flags: '--out <path>', summary: 'file to write (default: <file>.enc)' },
  ],
  notes: `A key can be made with: node -e "console.log(crypto.randomBytes(32).toString('hex'))" > model.key
The plain file stays where it is. Nothing is overwritten.`,
  async run({ args: [file = ''], options }) {
    const { encryptModel, ConfigurationError } = await import('../../index.ts');
    const { keyFile, keyId = 'default', out = `${file}.enc` } = options;
    if (typeof keyFile !== 'string')
      throw new ConfigurationError('ML_OPTIONS_INVALID', 'encrypt needs --key-file <path>, a file with the key');
    const key = keyIn(
      await readFile(keyFile).catch((cause: unknown) => {
        throw new ConfigurationError('ML_OPTIONS_INVALID', `${keyFile} cannot be read: ${String(cause)}`, { cause });
      }),
    );
    if (key === undefined)
      throw new ConfigurationError(
        'ML_OPTIONS_INVALID',
        `${keyFile} holds no key: it must be 32 bytes, or 64 hex digits, or base64 of 32 bytes`,
      );
    return { keyId: String(keyId), ...(await encryptModel(file, String(out), { key, keyId: String(keyId) })) };
  },
  async print({ path, bytes, sha256, keyId }, out) {
    out.line(`${path} was written; it loads with the key "${keyId}" alone`, 'green');
    out.pairs([
      ['size', `${humanBytes(bytes)} (${bytes} bytes)`],
      ['checksum', `sha256:${sha256}`],
    ]);
  },
};

function keyIn(content: Buffer): Uint8Array | undefined {
  if (content.length === 32) return content;
  const text = content.toString('latin1').trim();
  if (HEX.test(text)) return Buffer.from(text, 'hex');
  return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}
