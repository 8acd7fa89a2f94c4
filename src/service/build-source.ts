import { type BuildRequest, type BuildSettings, type BuiltModel, buildModel } from './build-model.ts';

/** Builds a model from a file, or from what a server says of one. What models on servers need is imported then. */
export async function buildSource(settings: BuildSettings, request: BuildRequest): Promise<BuiltModel> {
  const { remote } = request;
  if (remote === undefined) return buildModel(settings, request);
  const { buildRemote } = await import('./remote/build-remote.ts');
  return buildRemote(settings, { request, source: remote });
}
