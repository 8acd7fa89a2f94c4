import { ArtefactError } from '../errors/artefact-error.ts';

/** A file that is not what it was when it was looked at. */
export function changedSource(path: string): ArtefactError {
  return new ArtefactError('ML_ARTEFACT_CHANGED', `${path} changed while it was backed up; try again`, {
    details: { path },
  });
}
