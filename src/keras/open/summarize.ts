import type { KerasShape } from '../graph/keras-tensor.ts';
import type { KerasGraph, KerasLayer } from '../model/keras-layer.ts';
import { elementsOf } from '../graph/reshape.ts';

/** A line of the summary, as Keras prints it. */
export interface LayerSummary {
  readonly name: string;
  readonly type: string;
  /** Of the first output of the first call; `None` where an extent is free. */
  readonly outputShape: string;
  readonly parameters: number;
  /** Layers of a nested model. */
  readonly layers?: readonly LayerSummary[];
}

/** What a summary is made of. */
export interface SummaryFacts {
  /** Shape of what a layer gave, by its place. */
  readonly shapes: ReadonlyMap<string, KerasShape>;
  /** Number of values of every variable, by its full name. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** The layers of a model with their outputs' shapes and numbers of parameters. */
export function summarize(graph: KerasGraph, facts: SummaryFacts, prefix = ''): readonly LayerSummary[] {
  return graph.layers.map((layer) => lineOf(layer, facts, prefix));
}

function lineOf(layer: KerasLayer, facts: SummaryFacts, prefix: string): LayerSummary {
  const scope = `${prefix}${layer.name}/`;
  const parameters = Array.from(facts.sizes).reduce(
    (sum, [name, size]) => (name.startsWith(scope) ? sum + size : sum),
    0,
  );
  const shape = facts.shapes.get(layer.path);
  const base = { name: layer.name, type: layer.storedClass, outputShape: shapeText(shape), parameters };
  return layer.graph === undefined ? base : { ...base, layers: summarize(layer.graph, facts, scope) };
}

function shapeText(shape: KerasShape | undefined): string {
  return shape === undefined
    ? '?'
    : `(${shape.map((extent) => extent ?? 'None').join(', ')}${shape.length === 1 ? ',' : ''})`;
}

/** The number of values that a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return elementsOf(shape) ?? 0;
}
