import { FormatError } from '../../errors/format-error.ts';
import { GraphBuilder } from '../../onnx/builder/graph-builder.ts';
import type { TensorLike } from '../../spec/tensor.ts';
import type { Argument, KerasCall, KerasGraph, KerasLayer, TensorRef } from '../model/keras-layer.ts';
import { type ArgumentValue, CallArguments, flatTensors } from './call-arguments.ts';
import { cast } from './cast.ts';
import { computeType, isFloat } from './compute-type.ts';
import { type KerasShape, KerasTensor } from './keras-tensor.ts';
import type { InnerCall, LayerCall, LayerType, PreStep } from './layer-type.ts';
import type { LayerWeights } from './layer-weights.ts';

/** Work in TypeScript that fills an input of the graph from what an input of the model was fed. */
export interface WrittenStep {
  /** Input of the model. */
  readonly from: string;
  /** Input of the graph. */
  readonly to: string;
  readonly compute: (given: TensorLike) => TensorLike;
}

/** A call on its way into the graph. */
interface PendingCall {
  readonly inputs: readonly KerasTensor[];
  readonly args: CallArguments;
  readonly weights: LayerWeights;
}

/** Writes layers and models into one ONNX graph, by the table of layers. */
export class ModelWriter {
  readonly g: GraphBuilder = new GraphBuilder();
  readonly steps: WrittenStep[] = [];
  /** Shape of the first output of the first call of every layer, by its place in the file. */
  readonly shapes: Map<string, KerasShape> = new Map();
  readonly #types: ReadonlyMap<string, LayerType>;

  constructor(types: ReadonlyMap<string, LayerType>) {
    this.#types = types;
  }

  /** Writes the network of a model; nested models share this graph. */
  graph(
    graph: KerasGraph,
    inputs: readonly KerasTensor[],
    weights: LayerWeights,
    subject: string,
  ): readonly KerasTensor[] {
    const made = new Map<string, readonly KerasTensor[]>();
    for (const [i, { ref }] of graph.inputs.entries()) {
      const tensor = inputs[i];
      if (tensor === undefined)
        throw malformedCall(subject, `has ${graph.inputs.length} inputs and is called on ${inputs.length}`);
      made.set(keyOf(ref), [tensor]);
      const input = graph.layers.find((layer) => layer.name === ref.layer);
      if (input !== undefined) this.shapes.set(input.path, tensor.shape);
    }
    const find = (ref: TensorRef): KerasTensor => {
      const tensor = made.get(keyOf(ref))?.[ref.tensor];
      if (tensor !== undefined) return tensor;
      throw malformedCall(subject, `uses output ${ref.tensor} of layer "${ref.layer}", which does not have it`);
    };
    for (const call of inOrder(graph, made, subject)) {
      const { layer } = call;
      const [first, ...rest] = call.positional.map((argument) => resolve(argument, find));
      const named = new Map([...call.named].map(([key, argument]) => [key, resolve(argument, find)]));
      // Keras 3 overrides what a call says of training by what the model is asked for, Keras 2 does not.
      if (layer.generation === 3) named.delete('training');
      const args = new CallArguments(rest, named, (what) => layer.config.malformed(what));
      const scoped = weights.scope(layer.name, layer.config.subject);
      const given = this.layer(layer, {
        inputs: first === undefined ? [] : flatTensors(first),
        args,
        weights: scoped,
        first,
      });
      const [shown] = given;
      if (call.index === 0 && shown !== undefined) this.shapes.set(layer.path, shown.shape);
      made.set(keyOf({ layer: layer.name, call: call.index }), given);
    }
    return graph.outputs.map(({ ref }) => find(ref));
  }

  /** Writes one call of a layer. */
  layer(
    layer: KerasLayer,
    { inputs, args, weights, first }: PendingCall & { readonly first?: ArgumentValue | undefined },
  ): readonly KerasTensor[] {
    if (layer.graph !== undefined) {
      if (args.training)
        throw layer.config.unsupported('is called with training=True; build the outer model without it');
      const mask = args.tensor('mask');
      const given = mask === undefined || inputs.length !== 1 ? inputs : inputs.map((tensor) => tensor.withMask(mask));
      return this.graph(layer.graph, given, weights, layer.config.subject);
    }
    const type = this.#types.get(layer.className);
    // The reader refused it already.
    if (type === undefined) throw layer.config.unsupported('is of a class that is not known here');
    const dtype = computeType(layer);
    const fed =
      type.keepsTypes === true || !isFloat(dtype)
        ? inputs
        : inputs.map((tensor) => (isFloat(tensor.dtype) ? cast(this.g, tensor, dtype) : tensor));
    const call: LayerCall = {
      g: this.g,
      layer,
      config: layer.config,
      inputs: fed,
      first,
      args,
      dtype,
      weights: isFloat(dtype) ? weights.in(dtype) : weights,
      input: () => {
        const [only] = fed;
        if (only === undefined) throw layer.config.malformed('is called on no tensor');
        return only;
      },
      inner: (inner, { inputs: tensors, scope, args: given = CallArguments.none }: InnerCall) =>
        this.layer(inner, { inputs: tensors, args: given, weights: weights.scope(scope, inner.config.subject) }),
      preStep: (from, step) => this.#preStep(layer, from, step),
      unsupported: (what) => layer.config.unsupported(what),
    };
    const result = type.translate(call);
    const outputs = result instanceof KerasTensor ? [result] : result;
    if (type.masking === 'own') return outputs;
    const mask = type.masking === 'pass' ? (args.tensor('mask') ?? inputs[0]?.mask) : undefined;
    return outputs.map((tensor) => tensor.withMask(mask));
  }

  #preStep(layer: KerasLayer, from: KerasTensor, { dtype, shape, compute }: PreStep): KerasTensor {
    const { origin } = from;
    if (origin === undefined) {
      throw layer.config.unsupported(
        'works on what another layer computed, not on an input of the model; only text and lookups directly behind an input are done',
      );
    }
    const { input } = origin;
    const chained = (given: TensorLike): TensorLike => compute(origin.compute(given));
    const make = (): ReturnType<GraphBuilder['input']> => {
      const extents = shape.map((extent, i) => extent ?? (i === 0 ? 'batch' : null));
      const value = this.g.input(`${input}_${layer.name}`, { dtype, shape: extents });
      this.steps.push({ from: input, to: value.name, compute: chained });
      return value;
    };
    return KerasTensor.lazy(this.g, make, { dtype, shape, mask: from.mask, origin: { input, compute: chained } });
  }
}

/** One place in a network: a call of a layer. */
function keyOf({ layer, call }: Pick<TensorRef, 'layer' | 'call'>): string {
  return `${call} ${layer}`;
}

function resolve(argument: Argument, find: (ref: TensorRef) => KerasTensor): ArgumentValue {
  switch (argument.kind) {
    case 'tensor':
      return find(argument.ref);
    case 'constant':
      return { constant: argument.value };
    case 'list':
      return argument.items.map((item) => resolve(item, find));
    default:
      return new Map([...argument.items].map(([key, item]) => [key, resolve(item, find)]));
  }
}

function refsOf(argument: Argument): readonly TensorRef[] {
  if (argument.kind === 'tensor') return [argument.ref];
  return argument.kind === 'constant' ? [] : [...argument.items.values()].flatMap(refsOf);
}

/** The calls, each after those that it needs. */
function inOrder(graph: KerasGraph, known: ReadonlyMap<string, unknown>, subject: string): readonly KerasCall[] {
  const waiting = new Map<string, KerasCall[]>();
  const missing = new Map<KerasCall, number>();
  const ready: KerasCall[] = [];
  for (const call of graph.calls) {
    const refs = [...call.positional, ...call.named.values()].flatMap(refsOf);
    const needed = new Set(refs.map(keyOf).filter((key) => !known.has(key)));
    if (needed.size === 0) ready.push(call);
    missing.set(call, needed.size);
    for (const key of needed) waiting.set(key, [...(waiting.get(key) ?? []), call]);
  }
  // The list grows while it is walked.
  for (const call of ready) {
    for (const next of waiting.get(keyOf({ layer: call.layer.name, call: call.index })) ?? []) {
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  if (ready.length < graph.calls.length) {
    throw malformedCall(subject, 'has layers that depend on themselves, or on a call that does not exist');
  }
  return ready;
}

function malformedCall(subject: string, what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `Keras model: ${subject} ${what}`, { details: { layer: subject } });
}
