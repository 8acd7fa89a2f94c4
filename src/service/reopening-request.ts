import { decryptArtefact } from '../access/encryption/decrypt-artefact.ts';
import { verifyCompanions } from '../integrity/verify-artefact.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { BuildRequest, BuildSettings } from './build-model.ts';

/**
 * What a loader may read of an artefact that was compared and proved: files beside it are compared as they lie on disk,
 * then what is encrypted becomes plain.
 *
 * @throws the `ML_ENCRYPTION_*` errors
 */
export function readable(settings: BuildSettings, request: BuildRequest, artefact: Artefact): Promise<Artefact> {
  const compared = verifyCompanions(artefact, request.metadata, settings.verification);
  return decryptArtefact(compared, settings.encryption);
}

/**
 * The request, whose artefact is proved and made readable each time that it is opened: a model is opened again where it
 * is moved, where its worker is started again, and where it is converted.
 */
export function reopeningRequest(settings: BuildSettings, request: BuildRequest): BuildRequest {
  const { authenticity } = settings;
  const { ref, metadataFiles } = request;
  return {
    ...request,
    async open(options) {
      const artefact = await request.open(options);
      try {
        const proof = await authenticity?.prove({ artefact, ref, metadataFiles, signal: options.signal });
        return await readable(settings, request, proof?.artefact ?? artefact);
      } catch (error) {
        await artefact.slices?.close();
        throw error;
      }
    },
  };
}
