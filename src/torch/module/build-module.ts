import { MetadataError } from '../../errors/metadata-error.ts';
import { type BuiltGraph, type Extent, GraphBuilder, type Value } from '../../onnx/builder/graph-builder.ts';
import type { StoredTensor } from '../../spec/stored-tensor.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';
import { type LayerContext, LayerSpec } from './layer-context.ts';
import { ACTIVATION_LAYERS } from './layers/activation.ts';
import { CONTAINER_LAYERS } from './layers/container.ts';
import { CONVOLUTION_LAYERS } from './layers/convolution.ts';
import { LINEAR_LAYERS } from './layers/linear.ts';
import { NORMALIZATION_LAYERS } from './layers/normalization.ts';
import { RECURRENT_LAYERS } from './layers/recurrent.ts';

const LAYERS = new Map([
  ...CONTAINER_LAYERS,
  ...LINEAR_LAYERS,
  ...ACTIVATION_LAYERS,
  ...CONVOLUTION_LAYERS,
  ...NORMALIZATION_LAYERS,
  ...RECURRENT_LAYERS,
]);
const MAX_DEPTH = 32;

/** The input of a described module. */
export interface ModuleInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Extent[];
}

/**
 * Writes the network that a description names, with the tensors of a state dict.
 *
 * @param tensors by the names that the module gives them; every one of them must be used
 * @throws `ML_METADATA_INVALID` where description and tensors do not fit
 */
export function buildModule(
  description: unknown,
  tensors: ReadonlyMap<string, StoredTensor>,
  input: ModuleInput,
): BuiltGraph {
  const graph = new GraphBuilder();
  const used = new Set<string>();
  const optional = (spec: LayerSpec, name: string): TensorLike | undefined => {
    const key = spec.path === '' ? name : `${spec.path}.${name}`;
    const tensor = tensors.get(key);
    used.add(key);
    if (tensor === undefined) return undefined;
    if (tensor.dtype !== 'float32' && name !== 'num_batches_tracked') {
      throw spec.bad(
        `has a ${name} of ${tensor.dtype}; networks are computed in float32: save model.float().state_dict()`,
      );
    }
    return { data: tensor.data, shape: tensor.shape, dtype: 'float32' };
  };
  let depth = 0;
  const context: LayerContext = {
    graph,
    optional,
    tensor(spec, name) {
      const tensor = optional(spec, name);
      if (tensor === undefined)
        throw spec.bad(`needs the tensor ${JSON.stringify(name)}, which the file does not hold`);
      return tensor;
    },
    child(child, path, value) {
      if (++depth > MAX_DEPTH)
        throw new MetadataError('ML_METADATA_INVALID', `torch.module is nested more than ${MAX_DEPTH} deep`);
      const spec = new LayerSpec(child, path);
      const layer = LAYERS.get(spec.type);
      if (layer === undefined) throw spec.bad(`is of no known type; known are ${[...LAYERS.keys()].join(', ')}`);
      const output = layer(value, spec, context);
      spec.finish();
      depth -= 1;
      return output;
    },
  };
  const output: Value = context.child(description, '', graph.input(input.name, input));
  const left = [...tensors.keys()].filter((name) => !used.has(name));
  if (left.length > 0) {
    throw new MetadataError(
      'ML_METADATA_INVALID',
      `torch.module uses not all tensors of the file: ${left.slice(0, 12).join(', ')}${left.length > 12 ? ', ...' : ''} belong to no module of the description`,
      { details: { tensors: left } },
    );
  }
  graph.output(output, 'output');
  return graph.finish('torch');
}
