import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What the program tells of its package. */
export interface Manifest {
  readonly version: string;
  /** Node versions that are supported, as a semver range. */
  readonly node: string;
}

/** The `package.json` above the program, whichever link it was started through. */
export function readManifest(script: string): Manifest {
  const { version, engines } = createRequire(realpathSync(script))('../package.json') as {
    readonly version: string;
    readonly engines: { readonly node: string };
  };
  return { version, node: engines.node };
}
