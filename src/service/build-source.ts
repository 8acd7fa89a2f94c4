import type { BuildRequest, BuildSettings, BuiltModel } from './build-model.ts';

/** Builds a model from a file, or from what a server says of one. What either needs is imported then. */
export async function buildSource(settings: BuildSettings, request: BuildRequest): Promise<BuiltModel> {
  const { remote } = request;
  if (remote === undefined) {
    const { buildModel } = await import('./build-model.ts');
    return buildModel(settings, request);
  }
  const { buildRemote } = await import('./remote/build-remote.ts');
  return buildRemote(settings, { request, source: remote });
}
