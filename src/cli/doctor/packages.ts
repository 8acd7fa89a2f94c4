import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { LoaderRegistry } from '../../index.ts';

/** A package that some loader can use. */
export interface PackageState {
  readonly name: string;
  /** Loaders that use it. */
  readonly loaders: readonly string[];
  /** `undefined` where it is not installed. */
  readonly version: string | undefined;
  /** Whether it can be imported on this machine. */
  readonly usable: boolean;
  /** Why it cannot be imported, although it is installed. */
  readonly reason: string | undefined;
}

/** Looks for the packages that loaders name and imports each one. */
export async function packagesOf(loaders: LoaderRegistry, script: string): Promise<PackageState[]> {
  const users = new Map<string, string[]>();
  for (const { name, dependencies = [] } of loaders.list()) {
    for (const dependency of dependencies) users.set(dependency, [...(users.get(dependency) ?? []), name]);
  }
  return Promise.all(
    [...users].map(async ([name, loaders]): Promise<PackageState> => {
      const version = installedVersion(name, script);
      if (version === undefined) return { name, loaders, version, usable: false, reason: undefined };
      try {
        await import(name);
        return { name, loaders, version, usable: true, reason: undefined };
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return { name, loaders, version, usable: false, reason: text.split('\n', 1)[0] };
      }
    }),
  );
}

/** Read from the file, for a package's exports may hide its `package.json`. */
function installedVersion(name: string, script: string): string | undefined {
  for (const folder of createRequire(script).resolve.paths(name) ?? []) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
