import { EncryptionError } from '../../errors/encryption-error.ts';
import type { Artefact } from '../../spec/artefact.ts';
import type { EncryptionOptions } from '../../spec/encryption.ts';
import { decryptBytes } from './decrypt-bytes.ts';
import { isEncrypted } from './file-header.ts';

const SUFFIX = /\.enc$/i;

/**
 * An artefact whose content is plain, whatever lies on disk: only in memory, and only once it is authenticated. Files
 * beside a model are decrypted as they are read; those of an encrypted model have to be encrypted as well.
 *
 * @throws the `ML_ENCRYPTION_*` errors; then what was opened is closed
 */
export async function decryptArtefact(stored: Artefact, encryption: EncryptionOptions | undefined): Promise<Artefact> {
  const encrypted = isEncrypted(stored.bytes);
  try {
    if (!encrypted && stored.kind === 'file' && SUFFIX.test(stored.name)) throw plain(stored.name);
    const bytes = encrypted ? await decryptBytes(stored.bytes, stored.name, encryption) : stored.bytes;
    return {
      ...stored,
      encrypted,
      bytes,
      ...(encrypted && { name: stored.name.replace(SUFFIX, ''), size: bytes.length }),
      async read(relativePath) {
        const content = await stored.read(relativePath);
        if (isEncrypted(content)) return decryptBytes(content, relativePath, encryption);
        if (encrypted) throw plain(relativePath);
        return content;
      },
    };
  } catch (error) {
    await stored.slices?.close();
    throw error;
  }
}

function plain(name: string): EncryptionError {
  return new EncryptionError(
    'ML_ENCRYPTION_INVALID',
    `${name} is not encrypted, and has to be by its name or by the model that it belongs to; somebody may have replaced it`,
    { details: { name } },
  );
}
