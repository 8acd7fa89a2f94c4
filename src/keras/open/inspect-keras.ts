import type { Limits } from '../../spec/limits.ts';
import type { Inspection } from '../../spec/model-loader.ts';
import { writeModel } from '../graph/write-model.ts';
import { LAYER_TYPES } from '../layers/layer-types.ts';
import type { KerasFile } from '../read/keras-file.ts';
import { parseModel } from '../read/parse-model.ts';

/** What is in a file: inputs, outputs, and a summary of the layers as Keras prints one. */
export function inspectKeras(file: KerasFile, limits: Limits): Inspection {
  const { model, graph, problems } = parseModel(file, LAYER_TYPES, limits.maxNesting);
  const [worst] = problems;
  if (worst !== undefined) throw worst;
  const { inputs, outputs } = writeModel({ ...model, graph }, LAYER_TYPES, file.weights(model, LAYER_TYPES));
  return {
    inputs,
    outputs,
    details: { keras: file.version ?? 'unknown', model: `${model.storedClass} ${model.name}` },
  };
}
