import { isAbsolute, relative, resolve, sep } from 'node:path';
import { ConfigurationError } from '../errors/configuration-error.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { AuthenticityOptions, AuthenticityPolicy } from '../spec/authenticity.ts';
import type { ModelRef } from '../spec/events.ts';
import type { Proof, ProofSources } from './prove-artefact.ts';

/** An artefact, and what the repository knows of it. */
export interface ProofRequest {
  readonly artefact: Artefact;
  readonly ref: ModelRef;
  /** Digests of the metadata files that were read for it; `undefined` where no repository read any. */
  readonly metadataFiles: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
}

/**
 * Proves where models come from, by digests and signatures that are trusted beforehand. Keys are read, and the code
 * for it imported, when the first model is proved.
 */
export class Authenticity {
  readonly policy: AuthenticityPolicy;
  /** Absolute. */
  readonly lockFile: string | undefined;
  readonly #options: AuthenticityOptions;
  readonly #modelsDir: string;
  #sources: Promise<ProofSources> | undefined;

  /**
   * @param modelsDir absolute; what paths in a lock file are relative to
   * @throws `ML_OPTIONS_INVALID` where there is nothing to prove by, or the lock file is in the models directory
   */
  constructor(options: AuthenticityOptions, modelsDir: string) {
    const { policy = 'require', lockFile, signatures } = options;
    this.policy = policy;
    this.lockFile = lockFile === undefined ? undefined : resolve(lockFile);
    this.#options = options;
    this.#modelsDir = modelsDir;
    if (policy !== 'off' && lockFile === undefined && signatures === undefined) {
      throw invalid(`options.authenticity must name a lockFile or signatures: there is nothing to prove by`);
    }
    if (this.lockFile !== undefined) checkOutside(this.lockFile, modelsDir);
  }

  /**
   * @returns the artefact that may be used, and what was found
   * @throws the `ML_LOCK_*` and `ML_SIGNATURE_*` errors; `ML_OPTIONS_INVALID` for a key that cannot be read
   */
  async prove({ artefact, ref, metadataFiles, signal }: ProofRequest): Promise<Proof> {
    const { policy } = this;
    if (policy === 'off') return { artefact, fact: { lock: 'off', signature: 'off', signedBy: undefined } };
    const { proveArtefact } = await import('./prove-artefact.ts');
    const sources = await this.#read(policy);
    const inside = artefact.path === undefined ? undefined : idBelow(this.#modelsDir, artefact.path);
    const ofRepository = ref.artefact !== undefined && !isAbsolute(ref.artefact) ? ref.artefact : undefined;
    const id = inside ?? ofRepository;
    const named = id !== undefined && id === ofRepository ? { name: ref.model, version: ref.version } : undefined;
    return proveArtefact(artefact, { id, named, metadata: metadataFiles }, { sources, signal });
  }

  #read(policy: ProofSources['policy']): Promise<ProofSources> {
    this.#sources ??= this.#readOnce(policy).catch((error: unknown) => {
      // A key file may be there the next time.
      this.#sources = undefined;
      throw error;
    });
    return this.#sources;
  }

  async #readOnce(policy: ProofSources['policy']): Promise<ProofSources> {
    const { signatures, ignorePaths = [] } = this.#options;
    const [{ LockFile }, { readSigners }] = await Promise.all([
      import('./lock-file.ts'),
      import('./trusted-signers.ts'),
    ]);
    return {
      policy,
      lockFile: this.lockFile === undefined ? undefined : new LockFile(this.lockFile),
      signers: signatures === undefined ? undefined : await readSigners(signatures),
      ignorePaths,
    };
  }
}

/** @throws `ML_OPTIONS_INVALID`: who can write the models could write their lock too */
export function checkOutside(lockFile: string, modelsDir: string): void {
  if (idBelow(modelsDir, lockFile) === undefined) return;
  throw invalid(
    `the lock file ${lockFile} must be outside of the models directory ${modelsDir}: who can replace a model there could replace its digest too`,
  );
}

/** A path below a folder, POSIX separators; `undefined` where it is not below it. */
function idBelow(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return undefined;
  return way.split(sep).join('/');
}

function invalid(message: string): ConfigurationError {
  return new ConfigurationError('ML_OPTIONS_INVALID', message);
}
