import type { Artefact } from '../spec/artefact.ts';

/**
 * The artefact, whose other files are checked as they are read: what was checked is what the reader gets.
 *
 * @param check throws for bytes that are not to be used; called once per path
 */
export function readsChecked(
  artefact: Artefact,
  check: (bytes: Uint8Array, relativePath: string) => Promise<void>,
): Artefact {
  const { kind, name, path, bytes, slices, size, sha256, entries } = artefact;
  const checked = new Map<string, Promise<Uint8Array>>();
  const readOnce = async (relativePath: string): Promise<Uint8Array> => {
    const content = await artefact.read(relativePath);
    await check(content, plain(relativePath));
    return content;
  };
  return {
    kind,
    name,
    path,
    bytes,
    slices,
    size,
    sha256,
    entries,
    read(relativePath) {
      const known = checked.get(relativePath);
      if (known !== undefined) return known;
      const reading = readOnce(relativePath);
      checked.set(relativePath, reading);
      return reading;
    },
  };
}

function plain(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '.' && part !== '')
    .join('/');
}
