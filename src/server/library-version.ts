import { createRequire } from 'node:module';

let known: string | undefined;

/** The version of this package; empty where a bundler separated the code from its manifest. */
export function libraryVersion(): string {
  if (known !== undefined) return known;
  try {
    known = (createRequire(import.meta.url)('base-ml-service/package.json') as { version: string }).version;
  } catch {
    known = '';
  }
  return known;
}
