import { ArtefactError } from '../errors/artefact-error.ts';

const LFS_HEADER = 'version https://git-lfs.github.com/spec/';
/** What web servers' error pages begin with, after white space, lower case. */
const HTML_STARTS = ['<!doctype html', '<html', '<head', '<?xml version="1.0" encoding="utf-8"?>\n<!doctype html'];

/**
 * Refuses what is no model whatever its name: an empty file, a Git LFS pointer, an HTML page.
 *
 * @throws `ML_ARTEFACT_EMPTY`, `ML_ARTEFACT_LFS_POINTER`, `ML_ARTEFACT_HTML`
 */
export function refuseNonModels(bytes: Uint8Array, path: string): void {
  if (bytes.length === 0) {
    throw new ArtefactError('ML_ARTEFACT_EMPTY', `${path} is empty; copy the file again`, { details: { path } });
  }
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString('latin1');
  if (head.startsWith(LFS_HEADER)) {
    throw new ArtefactError(
      'ML_ARTEFACT_LFS_POINTER',
      `${path} is a Git LFS pointer, not the model; run: git lfs pull`,
      { details: { path } },
    );
  }
  // An HTML page may begin with a byte-order mark.
  const text = head
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
    .toLowerCase();
  if (HTML_STARTS.some((start) => text.startsWith(start))) {
    throw new ArtefactError(
      'ML_ARTEFACT_HTML',
      `${path} is an HTML page, probably the error page of a download; download it again`,
      { details: { path } },
    );
  }
}
