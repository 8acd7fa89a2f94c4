import type { BuiltGraph, Extent } from '../../onnx/builder/graph-builder.ts';
import type { DType } from '../../spec/tensor.ts';
import type { KerasGraph, KerasInput, KerasLayer } from '../model/keras-layer.ts';
import { dtypeOf } from './compute-type.ts';
import { type KerasShape, KerasTensor } from './keras-tensor.ts';
import type { LayerType } from './layer-type.ts';
import { LayerWeights, type WeightLookup } from './layer-weights.ts';
import { ModelWriter, type WrittenStep } from './model-writer.ts';

/** A model as ONNX. */
export interface WrittenModel {
  readonly built: BuiltGraph;
  /** What callers feed, in the framework's order and by its names. */
  readonly inputs: readonly WrittenValue[];
  /** What comes out, in the framework's order and by its names. */
  readonly outputs: readonly WrittenValue[];
  /** How the graph's inputs are made of the model's; empty where they are the same. */
  readonly steps: readonly WrittenStep[];
  /** Output shapes of the layers, by their place in the file. */
  readonly shapes: ReadonlyMap<string, KerasShape>;
}

/** An input or output with its extents: the batch is called `batch`. */
export interface WrittenValue {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Extent[];
}

/**
 * Writes a model as one ONNX graph.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for what cannot be computed, `ML_FORMAT_MALFORMED` for weights or
 * calls that do not fit
 */
export function writeModel(
  model: KerasLayer & { readonly graph: KerasGraph },
  types: ReadonlyMap<string, LayerType>,
  lookup: WeightLookup,
): WrittenModel {
  const writer = new ModelWriter(types);
  const { g } = writer;
  const { graph } = model;
  for (const { name } of [...graph.inputs, ...graph.outputs]) g.reserve(name);
  const inputs = graph.inputs.map((input) => edge(input, model));
  const tensors = inputs.map(({ name, dtype, shape }, i) =>
    KerasTensor.lazy(g, () => g.input(name, { dtype, shape }), {
      dtype,
      shape: (graph.inputs[i] as KerasInput).shape,
      origin: { input: name, compute: (given) => given },
    }),
  );
  // Whatever is no text enters the graph, so that its inputs are those of the model.
  for (const tensor of tensors) if (tensor.dtype !== 'string') tensor.plain();
  const results = writer.graph(
    graph,
    tensors,
    new LayerWeights(lookup, '', model.config.subject),
    model.config.subject,
  );
  const outputs = results.map((tensor, i): WrittenValue => {
    const shape = extents(tensor.shape);
    const name = g.output({ ...tensor.plain(), dtype: tensor.dtype, shape }, graph.outputs[i]?.name ?? `output_${i}`);
    return { name, dtype: tensor.dtype, shape };
  });
  return { built: g.finish('keras'), inputs, outputs, steps: writer.steps, shapes: writer.shapes };
}

function edge({ name, dtype, shape }: KerasInput, { config }: KerasLayer): WrittenValue {
  const known = dtypeOf(dtype);
  if (known === undefined) throw config.unsupported(`has an input "${name}" of dtype ${dtype}; build it with float32`);
  return { name, dtype: known, shape: extents(shape) };
}

function extents(shape: KerasShape): readonly Extent[] {
  return shape.map((extent, i) => extent ?? (i === 0 ? 'batch' : null));
}
