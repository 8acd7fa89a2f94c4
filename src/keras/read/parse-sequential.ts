import type { KerasCall, KerasGraph, KerasInput, KerasLayer } from '../model/keras-layer.ts';
import { own } from '../model/layer-config.ts';
import { batchShape, dtypeName, inputOf } from './input-layer.ts';
import { malformed, type ParseContext, type ParseLayer } from './parse-context.ts';

/**
 * The network of a Sequential model: each layer is called on what the one before gave. The input is
 * an InputLayer, or is described by the first layer, or by what the model was built for.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT`; `ML_FORMAT_UNSUPPORTED` where no layer says the input's shape
 */
export function parseSequential(
  config: Readonly<Record<string, unknown>>,
  path: readonly string[],
  context: ParseContext,
  parseLayer: ParseLayer,
): KerasGraph {
  const where = path.join('/');
  const described = own(config, 'layers');
  if (!Array.isArray(described) || described.length === 0) throw malformed(`model ${where} has no layers`);
  const layers = described.map((item) => parseLayer(item, path, context));
  if (new Set(layers.map(({ name }) => name)).size < layers.length)
    throw malformed(`model ${where} has two layers of one name`);
  const [first] = layers as [KerasLayer, ...KerasLayer[]];
  const explicit = first.className === 'InputLayer';
  const input = explicit
    ? inputOf(first, { layer: first.name, call: 0, tensor: 0 })
    : impliedInput(first, config, where);
  const calls: KerasCall[] = [];
  let last = input.ref;
  for (const layer of explicit ? layers.slice(1) : layers) {
    calls.push({ layer, index: 0, positional: [{ kind: 'tensor', ref: last }], named: new Map() });
    last = { layer: layer.name, call: 0, tensor: 0 };
  }
  return { layers, calls, inputs: [input], outputs: [{ name: last.layer, ref: last }] };
}

/** The input of a model without an InputLayer; Keras calls it after the first layer. */
function impliedInput(first: KerasLayer, config: Readonly<Record<string, unknown>>, where: string): KerasInput {
  const name = `${first.name}_input`;
  // No layer can have this name: names of layers hold no slash at their end.
  const ref = { layer: `${name}/`, call: 0, tensor: 0 };
  if (first.graph !== undefined) {
    const [inner] = first.graph.inputs;
    if (inner !== undefined && first.graph.inputs.length === 1) return { ...inner, name, ref };
  }
  const shape =
    first.config.raw('batch_shape') ??
    first.config.raw('batch_input_shape') ??
    own(config, 'build_input_shape') ??
    first.buildShape;
  if (shape === undefined || shape === null) {
    throw first.config.unsupported(
      `is the first of model ${where}, and nothing says the shape of its input: the model was saved before it was built; call it once or add an Input, and save it again`,
    );
  }
  // The type of the layer is that of its computation, which is the input's unless the layer takes indices or text.
  const dtype = first.className === 'Embedding' ? 'int32' : dtypeName(first.config.raw('dtype'));
  return { name, ref, shape: batchShape(shape, first.config.subject), dtype: dtype ?? 'float32' };
}
