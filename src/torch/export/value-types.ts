import type { AtenType } from '../graph/aten-graph.ts';
import type { JsonNode } from './json-node.ts';
import { extentOf, typeOf } from './symbols.ts';

/** What is known of the values of a graph. */
export interface ValueTypes {
  readonly tensors: ReadonlyMap<string, AtenType>;
  /** Expressions of numbers. */
  readonly symbols: ReadonlyMap<string, string>;
}

/** Types of the values of a graph, as the file states them. */
export function readValueTypes(graph: JsonNode): ValueTypes {
  const tensors = graph.get('tensor_values')?.entries() ?? [];
  const numbers = graph.get('sym_int_values')?.entries() ?? [];
  return {
    tensors: new Map(tensors.map(([name, meta]) => [name, typeOf(meta)])),
    symbols: new Map(
      numbers.flatMap(([name, node]) => {
        const extent = extentOf(node);
        return typeof extent === 'string' ? [[name, extent] as const] : [];
      }),
    ),
  };
}
