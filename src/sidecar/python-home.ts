import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the Python package: beside this file in the sources, beside the bundle in the package. */
export function pythonHome(): string {
  const here = typeof __dirname === 'string' ? __dirname : dirname(fileURLToPath(import.meta.url));
  return join(here, 'python');
}
