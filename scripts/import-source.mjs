// What the table generators share: parts of src as a module, bundled for the generator alone.
import { build } from 'esbuild';
import { ROOT } from './source-files.mjs';

/** Imports what `contents` exports: lines such as `export { TABLE } from './src/table.ts';`. */
export async function importSource(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'error',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}
