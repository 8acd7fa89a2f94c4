import type { BuildRequest, BuildSettings } from './build-model.ts';

/**
 * The request, whose artefact is proved each time that it is opened: a model is opened again where it is moved, where
 * its worker is started again, and where it is converted.
 */
export function provingRequest({ authenticity }: BuildSettings, request: BuildRequest): BuildRequest {
  if (authenticity === undefined) return request;
  const { ref, metadataFiles } = request;
  return {
    ...request,
    async open(options) {
      const artefact = await request.open(options);
      try {
        return (await authenticity.prove({ artefact, ref, metadataFiles, signal: options.signal })).artefact;
      } catch (error) {
        await artefact.slices?.close();
        throw error;
      }
    },
  };
}
