import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Public names of the classes that are computed natively. The library does not export its table, so it is read from
 * the sources.
 */
export async function nativeClasses() {
  const { outputFiles } = await build({
    stdin: {
      contents: "import { ESTIMATORS } from './src/sklearn/estimators.ts'; export const NAMES = [...ESTIMATORS.keys()];",
      resolveDir: ROOT,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'error',
  });
  const { NAMES } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
  return new Set(NAMES);
}
