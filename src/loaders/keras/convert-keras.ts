import { createHash } from 'node:crypto';
import { packParts } from '../../internal/pack-parts.ts';
import { foreignArchitecture } from '../../keras/conversion/foreign-architecture.ts';
import { LAYER_TYPES } from '../../keras/layers/layer-types.ts';
import { parseModel } from '../../keras/read/parse-model.ts';
import type { ConversionNeed } from '../../spec/converter.ts';
import type { ConversionContext } from '../../spec/model-loader.ts';
import { readKeras } from './read-keras.ts';

/**
 * What converting a model takes, or `undefined` where its architecture names anything but layers, operations and functions
 * of Keras that are on a list. Keras is given the text of the architecture that was judged, and the weights.
 *
 * @throws `ML_FORMAT_UNSAFE`, `ML_FORMAT_MALFORMED`; as `readKeras` and `parseModel`
 */
export async function convertKeras({
  artefact,
  limits,
  metadata,
}: ConversionContext): Promise<ConversionNeed | undefined> {
  const file = await readKeras(artefact, limits, metadata);
  if (file === undefined) return undefined;
  const { graph, problems } = parseModel(file, LAYER_TYPES, limits.maxNesting);
  const [worst] = problems;
  if (worst !== undefined && worst.code !== 'ML_FORMAT_UNSUPPORTED') throw worst;
  const { original, version, generation } = file;
  if (original === undefined || foreignArchitecture(file.document) !== undefined) return undefined;
  const { text, weights, layout } = original;
  return {
    framework: 'tensorflow',
    version,
    names: [],
    form: 'keras',
    settings: {
      generation,
      layout,
      // It may lie beside the file, whose digest says nothing of it then.
      architecture: createHash('sha256').update(text).digest('hex'),
      inputs: graph.inputs.map(({ name, dtype, shape }) => ({
        name,
        dtype,
        shape: shape.map((extent, i) => extent ?? (i === 0 ? 'batch' : `${name}_${i}`)),
      })),
      outputs: graph.outputs.map(({ name }) => name),
    },
    content: () => packParts({ architecture: text }, [weights]),
  };
}
