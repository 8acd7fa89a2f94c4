// Writes docs/keras.md from the table of layers; with --check it only compares.
import { writeGenerated } from './generated-file.mjs';
import { importSource } from './import-source.mjs';

const { LAYER_TYPES, activationNames, tensorflowFunctions } = await importSource(`
  export { LAYER_TYPES } from './src/keras/layers/layer-types.ts';
  export { activationNames } from './src/keras/layers/activation.ts';
  export { tensorflowFunctions } from './src/keras/ops/tf-ops.ts';`);
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
ragged inputs, \`stateful\` layers, calls with \`training=True\` where they would be random, subclassed models. Other layers of
Keras's own can go through the [sidecar](sidecar.md#tensorflow-and-keras).

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
