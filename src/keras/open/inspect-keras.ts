import type { Limits } from '../../spec/limits.ts';
import type { Inspection } from '../../spec/model-loader.ts';
import { dtypeOf } from '../graph/compute-type.ts';
import { writeModel } from '../graph/write-model.ts';
import { LAYER_TYPES } from '../layers/layer-types.ts';
import type { KerasFile } from '../read/keras-file.ts';
import { type ParsedModel, parseModel } from '../read/parse-model.ts';
import { flatSpecs } from '../weights/flat-specs.ts';
import { sizeOf, summarize } from './summarize.ts';

/** What is in a file: inputs, outputs, and a summary of the layers as Keras prints one where all of them are known. */
export function inspectKeras(file: KerasFile, limits: Limits): Inspection {
  const parsed = parseModel(file, LAYER_TYPES, limits.maxNesting);
  const { model, graph, problems } = parsed;
  const [worst] = problems;
  if (worst !== undefined && worst.code !== 'ML_FORMAT_UNSUPPORTED') throw worst;
  if (worst !== undefined) return withoutSummary(file, parsed);
  const lookup = file.weights(model, LAYER_TYPES);
  const { inputs, outputs, shapes } = writeModel({ ...model, graph }, LAYER_TYPES, lookup);
  const { trainable, others } = flatSpecs(model, LAYER_TYPES);
  const sizes = new Map([...trainable, ...others].map(({ name }) => [name, sizeOf(lookup(name)?.shape ?? [0])]));
  const total = (names: readonly { readonly name: string }[]): number =>
    names.reduce((sum, { name }) => sum + (sizes.get(name) ?? 0), 0);
  return {
    inputs,
    outputs,
    details: {
      keras: file.version ?? 'unknown',
      model: `${model.storedClass} "${model.name}"`,
      parameters: total(trainable) + total(others),
      trainable: total(trainable),
      summary: summarize(graph, { shapes, sizes }),
    },
  };
}

/** What is known of a model that is not computed here. */
function withoutSummary(file: KerasFile, { model, graph, problems }: ParsedModel): Inspection {
  return {
    inputs: graph.inputs.map(({ name, dtype, shape }) => ({
      name,
      dtype: dtypeOf(dtype),
      shape: shape.map((extent, i) => extent ?? (i === 0 ? 'batch' : null)),
    })),
    outputs: graph.outputs.map(({ name }) => ({ name, dtype: undefined, shape: [] })),
    details: {
      keras: file.version ?? 'unknown',
      model: `${model.storedClass} "${model.name}"`,
      refused: problems.map(({ message }) => message),
    },
  };
}
