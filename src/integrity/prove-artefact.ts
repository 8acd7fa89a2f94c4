import { AuthenticityError } from '../errors/authenticity-error.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { AuthenticityFact, AuthenticityPolicy, ProofState } from '../spec/authenticity.ts';
import { checkLock, type LockSubject } from './check-lock.ts';
import { compareSignedFiles } from './compare-signed-files.ts';
import type { LockFile } from './lock-file.ts';
import type { TrustedSigners } from './trusted-signers.ts';
import { verifySignature } from './verify-signature.ts';

/** An artefact that was proved, and what was found. */
export interface Proof {
  /** Reads only what the proof covers. */
  readonly artefact: Artefact;
  readonly fact: AuthenticityFact;
}

/** What proofs are made by. */
export interface ProofSources {
  readonly policy: Exclude<AuthenticityPolicy, 'off'>;
  readonly lockFile: LockFile | undefined;
  readonly signers: TrustedSigners | undefined;
  readonly ignorePaths: readonly string[];
}

/**
 * Compares an artefact with the lock file, and with its signature.
 *
 * @throws the `ML_LOCK_*` and `ML_SIGNATURE_*` errors; what reading raises
 */
export async function proveArtefact(
  artefact: Artefact,
  subject: LockSubject,
  { sources, signal }: { readonly sources: ProofSources; readonly signal: AbortSignal },
): Promise<Proof> {
  const locked = await byLock(artefact, subject, { sources, signal });
  const signed = await bySignature(artefact, locked.artefact, { sources, signal });
  return {
    artefact: signed.artefact,
    fact: { lock: locked.state, signature: signed.state, signedBy: signed.signedBy },
  };
}

interface Surroundings {
  readonly sources: ProofSources;
  readonly signal: AbortSignal;
}

async function byLock(
  artefact: Artefact,
  subject: LockSubject,
  { sources: { policy, lockFile }, signal }: Surroundings,
): Promise<{ readonly artefact: Artefact; readonly state: ProofState }> {
  if (lockFile === undefined) return { artefact, state: 'off' };
  const { path } = lockFile;
  const checked = await checkLock(artefact, subject, { lock: await lockFile.read(), path, signal });
  if (checked !== undefined) return { artefact: checked, state: 'ok' };
  if (policy === 'ifPresent') return { artefact, state: 'absent' };
  const label = subject.id ?? artefact.path ?? artefact.name;
  throw new AuthenticityError(
    'ML_LOCK_MISSING',
    `${label} is not in ${path}, and authenticity is "require"; look at where it comes from, then run npx base-ml-service lock --out ${path}`,
    { details: { artefact: label, lockFile: path } },
  );
}

/** @param artefact as it was opened, which knows what lies beside it; `locked` the same after the lock */
async function bySignature(
  artefact: Artefact,
  locked: Artefact,
  { sources, signal }: Surroundings,
): Promise<{
  readonly artefact: Artefact;
  readonly state: ProofState;
  readonly signedBy: AuthenticityFact['signedBy'];
}> {
  const { signers, policy, ignorePaths } = sources;
  if (signers === undefined) return { artefact: locked, state: 'off', signedBy: undefined };
  const signature = await artefact.signature?.();
  if (signature === undefined) {
    if (policy === 'ifPresent') return { artefact: locked, state: 'absent', signedBy: undefined };
    const beside = artefact.path ?? artefact.name;
    throw new AuthenticityError(
      'ML_SIGNATURE_MISSING',
      `${beside} has no signature, and authenticity is "require"; expected is ${beside}.sig, or model.sig in ${artefact.kind === 'directory' ? 'it' : 'its folder'}`,
      { details: { artefact: beside } },
    );
  }
  const { manifest, method, signer } = await verifySignature(signature, signers, new Date());
  const checked = await compareSignedFiles(locked, { signature, manifest, ignorePaths, signal });
  const { subject, files } = manifest;
  return {
    artefact: checked,
    state: 'ok',
    signedBy: { path: signature.path, method, signer, subject, files: files.size },
  };
}
