import type { BuiltGraphMeaning } from '../../onnx-runner/open-built-graph.ts';
import type { Label } from '../../spec/model.ts';
import type { WrittenValue } from '../graph/write-model.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import { layerActivation, readActivation } from '../layers/activation.ts';

/**
 * What `predict` gives: the output's values, as in Keras; with the classes that the metadata names,
 * labels, where the last layer gives one probability per class, or the second of two.
 */
export function outputMeaning(
  model: KerasLayer,
  outputs: readonly WrittenValue[],
  classes: readonly Label[] | undefined,
): Pick<BuiltGraphMeaning, 'task' | 'roles' | 'classes'> {
  const [only] = outputs;
  if (only === undefined || outputs.length > 1) return { task: 'unknown', roles: {}, classes: undefined };
  const width = only.shape.length === 2 ? only.shape[1] : undefined;
  const values = { task: 'unknown', roles: { value: only.name }, classes: undefined } as const;
  if (classes === undefined || classes.length === 0 || width === undefined) return values;
  const last = lastActivation(model);
  const perClass = width === classes.length && width > 1;
  const second = width === 1 && classes.length === 2 && last === 'sigmoid';
  if (!perClass && !second) return values;
  return {
    task: classes.length === 2 ? 'binary-classification' : 'multiclass-classification',
    // The largest of several scores decides whether they are probabilities or not.
    roles:
      last === 'softmax' || last === 'sigmoid'
        ? { probabilities: only.name }
        : { probabilities: only.name, scores: only.name },
    classes,
  };
}

/** The activation that the output went through, as far as the last layer says it. */
function lastActivation(model: KerasLayer): string | undefined {
  let layer: KerasLayer | undefined = model;
  while (layer?.graph !== undefined) {
    const name: string | undefined = layer.graph.outputs[0]?.ref.layer;
    layer = layer.graph.layers.find((candidate) => candidate.name === name);
  }
  if (layer === undefined) return undefined;
  const { className, config, generation } = layer;
  const own = layerActivation(className, (key) => config.raw(key));
  if (own !== undefined) return own[0];
  return config.has('activation') ? readActivation(config, 'activation', generation).name : undefined;
}
