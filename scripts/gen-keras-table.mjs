// Writes docs/keras.md from the table of layers; with --check it only compares.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeGenerated } from './generated-file.mjs';
import { ROOT } from './source-files.mjs';

/** The tables as the source has them, bundled for this script alone. */
async function tables() {
  const folder = mkdtempSync(join(ROOT, 'node_modules/.keras-table-'));
  try {
    const outfile = join(folder, 'tables.mjs');
    const contents = [
      "export { LAYER_TYPES } from './src/keras/layers/layer-types.ts';",
      "export { activationNames } from './src/keras/layers/activation.ts';",
      "export { tensorflowFunctions } from './src/keras/ops/tf-ops.ts';",
    ].join('\n');
    await build({
      stdin: { contents, resolveDir: ROOT, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { LAYER_TYPES, activationNames, tensorflowFunctions } = await tables();
const code = (names) => names.map((name) => `\`${name}\``).join(', ');
const layers = [...LAYER_TYPES].filter(([name]) => !name.startsWith('ops.')).toSorted(([a], [b]) => (a < b ? -1 : 1));
const operations = [...LAYER_TYPES.keys()]
  .filter((name) => name.startsWith('ops.'))
  .map((name) => name.slice(4))
  .toSorted((a, b) => (a < b ? -1 : 1));

const page = `<!-- Written by scripts/gen-keras-table.mjs from src/keras/layers/layer-types.ts; do not edit. -->

# What is computed of Keras

Every layer below is written as ONNX and compared with Keras 2.15 and Keras 3 (\`test/reference/keras/\`), within 1e-5 in
float32. A class that is not listed is refused by name with \`ML_FORMAT_UNSUPPORTED\`; \`Lambda\`, bytecode and whatever would
open another file with \`ML_FORMAT_UNSAFE\`. Refused everywhere: half-precision and quantized dtype policies, sparse and
ragged inputs, \`stateful\` layers, calls with \`training=True\` where they would be random, subclassed models.

| layer | limits |
|---|---|
${layers.map(([name, { limits }]) => `| \`${name}\` | ${limits ?? ''} |`).join('\n')}

## Activations

As a text, a function, or a layer: ${code(activationNames())}. \`hard_sigmoid\` is that of the version which wrote the file.

## Operations of Keras 3 in Functional models

${code(operations)}.

## Functions of TensorFlow in Functional models of Keras 2

${code(tensorflowFunctions().map((name) => `tf.${name}`))}.
`;
writeGenerated('docs/keras.md', page, 'node scripts/gen-keras-table.mjs');
