import { IntegrityError } from '../errors/integrity-error.ts';
import { sizeMatches } from '../internal/human-size.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import { digestOf, parseChecksum } from './checksum.ts';

/** `require` refuses files without a checksum, `ifPresent` checks those there are, `off` none. */
export type VerificationPolicy = 'require' | 'ifPresent' | 'off';

/** What a verification found. A mismatch is an error, not a result. */
export interface VerifyResult {
  /** `ok`: compared and equal. `skipped`: there was nothing to compare with, or the policy is `off`. */
  readonly result: 'ok' | 'skipped';
  readonly algorithm: string | undefined;
}

/**
 * Compares size and checksum of what was read with what the metadata states. This is integrity, not
 * authenticity: metadata in the same folder can be replaced together with the file.
 *
 * @throws `ML_SIZE_MISMATCH`, `ML_CHECKSUM_MISMATCH`, `ML_CHECKSUM_MISSING`, `ML_CHECKSUM_WEAK`, `ML_CHECKSUM_INVALID`
 */
export async function verifyArtefact(
  artefact: Artefact,
  metadata: ModelMetadata | undefined,
  policy: VerificationPolicy,
): Promise<VerifyResult> {
  if (policy === 'off') return { result: 'skipped', algorithm: undefined };
  checkSize(artefact, metadata?.file_size);
  const stated = metadata?.checksum;
  if (stated === undefined) {
    if (policy === 'ifPresent') return { result: 'skipped', algorithm: undefined };
    throw new IntegrityError(
      'ML_CHECKSUM_MISSING',
      `${artefact.name} has no checksum in its metadata and verification is "require"; add "checksum": "sha256:${await digestOfArtefact(artefact, 'sha256')}" after making sure where the file comes from`,
      {
        details: { name: artefact.name },
      },
    );
  }
  const { algorithm, digest } = parseChecksum(stated);
  if (artefact.kind === 'directory' && algorithm !== 'sha256') {
    throw new IntegrityError(
      'ML_CHECKSUM_INVALID',
      `the checksum of the directory ${artefact.name} must be sha256, the metadata states ${algorithm}`,
      { details: { name: artefact.name, algorithm } },
    );
  }
  const actual = await digestOfArtefact(artefact, algorithm);
  if (actual !== digest) throw mismatch(artefact.name, { algorithm, expected: digest, actual });
  return { result: 'ok', algorithm };
}

/**
 * The artefact with its companion files (external data) compared with the checksums in the
 * metadata's `files` as they are read.
 */
export function verifyCompanions(
  artefact: Artefact,
  metadata: ModelMetadata | undefined,
  policy: VerificationPolicy,
): Artefact {
  if (policy === 'off' || artefact.kind === 'directory') return artefact;
  const folder = metadata?.file_path?.split('/').slice(0, -1) ?? [];
  return {
    ...artefact,
    async read(relativePath) {
      const bytes = await artefact.read(relativePath);
      const key = [...folder, ...relativePath.split('/').filter((part) => part !== '.')].join('/');
      const { files = {} } = metadata ?? {};
      const stated = Object.hasOwn(files, key) ? files[key] : undefined;
      if (stated === undefined) {
        if (policy === 'ifPresent') return bytes;
        throw new IntegrityError(
          'ML_CHECKSUM_MISSING',
          `${relativePath}, which ${artefact.name} needs, has no checksum in the metadata's "files" and verification is "require"`,
          {
            details: { name: artefact.name, companion: key },
          },
        );
      }
      const { algorithm, digest } = parseChecksum(stated);
      const actual = await digestOf(bytes, algorithm);
      if (actual !== digest) throw mismatch(relativePath, { algorithm, expected: digest, actual });
      return bytes;
    },
  };
}

/** A file that is read in pieces is hashed here, from the open file, before anything of it is parsed. */
function digestOfArtefact(artefact: Artefact, algorithm: string): Promise<string> {
  const { slices, bytes, sha256 } = artefact;
  if (slices !== undefined) return slices.digest(algorithm);
  return algorithm === 'sha256' ? Promise.resolve(sha256) : digestOf(bytes, algorithm);
}

function checkSize(artefact: Artefact, stated: string | number | undefined): void {
  if (stated === undefined || sizeMatches(stated, artefact.size) !== false) return;
  const shorter = typeof stated === 'number' && artefact.size < stated ? ': it is truncated' : '';
  throw new IntegrityError(
    'ML_SIZE_MISMATCH',
    `${artefact.name} has ${artefact.size} bytes, its metadata states ${stated}${shorter}; copy the file again or correct file_size`,
    {
      details: { name: artefact.name, size: artefact.size, stated },
    },
  );
}

function mismatch(
  name: string,
  digests: { readonly algorithm: string; readonly expected: string; readonly actual: string },
): IntegrityError {
  return new IntegrityError(
    'ML_CHECKSUM_MISMATCH',
    `${name} is not the file that its metadata describes: ${digests.algorithm} is ${digests.actual}, stated is ${digests.expected}; restore the file`,
    { details: { name, ...digests } },
  );
}
