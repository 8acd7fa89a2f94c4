import { ArtefactError } from '../../errors/artefact-error.ts';

/** What opening a model on a server gives: it has no file. */
export function noFile(): Promise<never> {
  return Promise.reject(new ArtefactError('ML_ARTEFACT_NOT_A_FILE', 'a model on a server has no file to open'));
}
