import { isAbsolute, relative, resolve, sep, win32 } from 'node:path';
import { ArtefactError } from '../errors/artefact-error.ts';
import { resolveLinks } from './read-file.ts';

/**
 * The absolute, link-free path of `relativePath` below the first of `folders`.
 *
 * @param folders link-free; a link may lead into any of them
 * @param relativePath POSIX separators; absolute paths, `..`, backslashes, drives, URLs and control characters are refused
 * @throws `ML_ARTEFACT_ESCAPES` if it leaves them, directly or through a link; `ML_ARTEFACT_MISSING`
 */
export async function containedPath(folders: readonly string[], relativePath: string): Promise<string> {
  const [first = ''] = folders;
  if (!isPlainRelative(relativePath)) throw escapes(relativePath, first);
  const real = await resolveLinks(resolve(first, relativePath));
  if (!folders.some((folder) => isInside(folder, real))) throw escapes(relativePath, first);
  return real;
}

/** `file:`, `http:`, `C:`. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** Whether a path from a file is relative, POSIX, and cannot leave its folder by its spelling. */
export function isPlainRelative(path: string): boolean {
  const odd =
    path === '' || path.length > 4096 || path.includes('\\') || hasControlCharacter(path) || SCHEME.test(path);
  return !odd && !isAbsolute(path) && !win32.isAbsolute(path) && !path.split('/').includes('..');
}

/** Whether `path` is `root` or below it; both absolute and link-free. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 32) return true;
  return false;
}

function escapes(path: string, root: string): ArtefactError {
  return new ArtefactError(
    'ML_ARTEFACT_ESCAPES',
    `${JSON.stringify(path)} leaves ${root}; a path must be relative and stay below it`,
    { details: { path, root } },
  );
}
