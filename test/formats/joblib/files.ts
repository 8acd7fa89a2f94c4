// The shared fixtures and corpus, where they are present beside the repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shared = fileURLToPath(new URL('../../../../shared/', import.meta.url));

export const FIXTURES: string = join(shared, 'fixtures');
export const CORPUS: string = join(shared, 'corpus');

/** Whether the shared folder is there; says so once where it is not. */
export function hasShared(): boolean {
  const present = existsSync(FIXTURES) && existsSync(CORPUS);
  if (!present)
    console.warn('SKIPPED: ../shared is absent, so the fixtures and the corpus of malicious files were not read.');
  return present;
}

/** All files below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The rows of the corpus manifest. */
export function manifest(): {
  readonly path: string;
  readonly expected: string;
  readonly kind: string;
  readonly category: string;
}[] {
  const [, ...lines] = readFileSync(join(CORPUS, 'MANIFEST.tsv'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [path = '', , , , , expected = '', category = '', kind = ''] = line.split('\t');
    return { path: join(CORPUS, path), expected, kind, category };
  });
}

/** What reading gives: `ok`, an error code, or the stack of anything untyped. */
export async function outcome(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
    return 'ok';
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('ML_'))
      return error.code;
    return `UNTYPED ${error instanceof Error ? error.stack : String(error)}`;
  }
}
