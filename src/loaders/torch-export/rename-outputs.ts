import type { LoadedModel } from '../../spec/model-loader.ts';
import type { WrittenOutput } from '../../torch/graph/translate-graph.ts';

/**
 * Gives outputs the names that the program gives them, where the graph needed others: an output may be named like an
 * input or a weight, a value of a graph not.
 */
export function renameOutputs(model: LoadedModel, outputs: readonly WrittenOutput[]): LoadedModel {
  if (outputs.every(({ name, written }) => name === written)) return model;
  const names = new Map(outputs.map(({ name, written }) => [written, name]));
  const { info } = model;
  const renamed = (info?.outputs ?? []).map((output) => ({ ...output, name: names.get(output.name) ?? output.name }));
  return {
    ...model,
    info: { ...info, outputs: renamed },
    async run(feeds, options) {
      const result = (await model.run?.(feeds, options)) ?? {};
      return Object.fromEntries(Object.entries(result).map(([name, tensor]) => [names.get(name) ?? name, tensor]));
    },
  };
}
