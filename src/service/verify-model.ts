import { openUnread } from '../repository/artefact-reader.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { AuthenticityFact, AuthenticityOptions } from '../spec/authenticity.ts';
import type { CallOptions } from '../spec/model.ts';
import { configure } from './registry-config.ts';
import type { RegistryOptions } from './registry-options.ts';

/** Options of `verifyModel`: by what to prove the model; the others as in `RegistryOptions`. */
export interface VerifyModelOptions
  extends AuthenticityOptions,
    Pick<CallOptions, 'signal'>,
    Pick<RegistryOptions, 'modelsDir' | 'env'> {}

/** A model that was proved. */
export interface ModelVerification extends AuthenticityFact {
  /** As given by the caller. */
  readonly path: string;
  readonly kind: Artefact['kind'];
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** See `verifyModel` in `lazy.ts`. */
export async function verifyModel(path: string, options: VerifyModelOptions): Promise<ModelVerification> {
  const { signal = new AbortController().signal, modelsDir, env, ...by } = options;
  const { authenticity } = configure({
    authenticity: by,
    ...(modelsDir !== undefined && { modelsDir }),
    ...(env !== undefined && { env }),
  });
  const artefact = await openUnread(path, signal);
  const { kind, size, slices } = artefact;
  try {
    const ref = { model: artefact.name, version: undefined, artefact: artefact.path };
    const proof = await authenticity?.prove({ artefact, ref, metadataFiles: undefined, signal });
    const sha256 = slices === undefined ? artefact.sha256 : await slices.digest('sha256', signal);
    const fact = proof?.fact ?? { lock: 'off', signature: 'off', signedBy: undefined };
    return { path, kind, bytes: size, sha256, ...fact };
  } finally {
    await slices?.close();
  }
}
