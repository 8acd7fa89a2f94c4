import { join } from 'node:path';

/** The folder of the Python package: beside this file in the sources, beside the bundle in the package. */
export function pythonHome(): string {
  // Modules of the ES kind have no `__dirname` of their own: the build gives them one.
  return join(__dirname, 'python');
}
