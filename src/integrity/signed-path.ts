/** Paths below a signed folder that count nowhere, by the specification. */
const ALWAYS_IGNORED: readonly string[] = ['.git', '.gitignore', '.gitattributes', '.github'];

/** Whether a signed name is the one spelling of a path below the folder; `.` stands for a single file. */
export function isResourceName(name: string): boolean {
  return name === '.' || isCanonical(name);
}

/** Whether a path may be left out of a signature: a plain one below the folder, never the folder itself, no pattern. */
export function isIgnorablePath(path: string): boolean {
  return isCanonical(path) && !/[*?[]/.test(path);
}

/** Tells the paths that a signature need not cover: those given, what lies below them, and Git's own files. */
export function ignoring(paths: readonly string[]): (path: string) => boolean {
  const ignored = new Set([...ALWAYS_IGNORED, ...paths]);
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (ignored.has(path.slice(0, end))) return true;
    }
    return false;
  };
}

function isCanonical(path: string): boolean {
  if (path === '' || path.includes('\0')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
