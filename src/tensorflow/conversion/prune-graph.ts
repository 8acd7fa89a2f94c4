import type { ProtoContext } from '../../formats/tensorflow-proto/proto-context.ts';
import { readGraph } from '../../formats/tensorflow-proto/read-graph.ts';
import { WireWriter } from '../../formats/onnx-proto/wire-writer.ts';
import type { FieldReader } from '../../formats/protobuf/wire-reader.ts';
import { isPassable } from './passable-operators.ts';

/** What is kept of a graph. */
export interface KeptParts {
  readonly nodes: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
}

/** Fields of GraphDef, and of its library. */
const [NODE, LIBRARY, VERSIONS] = [1, 2, 4];
const FUNCTION = 1;

/**
 * A GraphDef with some nodes and functions of another one, each byte for byte as it was. Gradients, and whatever else a
 * library holds, stay behind.
 */
export function pruneGraph(encoded: Uint8Array, { nodes, functions }: KeptParts, context: ProtoContext): Uint8Array {
  const graph = new WireWriter();
  const library = new WireWriter();
  const reader = context.open(encoded, 'GraphDef');
  while (reader.next()) {
    if (reader.field === NODE) {
      if (nodes.has(nameOf(context.open(reader.bytes(), 'NodeDef')))) graph.raw(reader.raw());
    } else if (reader.field === VERSIONS) {
      graph.raw(reader.raw());
    } else if (reader.field === LIBRARY) {
      const inner = context.open(reader.bytes(), 'FunctionDefLibrary');
      while (inner.next()) {
        if (inner.field === FUNCTION && functions.has(functionName(inner.bytes(), context))) library.raw(inner.raw());
      }
    }
  }
  return graph.message(LIBRARY, library).finish();
}

/** Operators of a graph and of all its functions that TensorFlow is not given. */
export function impassableOperators(encoded: Uint8Array, context: ProtoContext): readonly string[] {
  const { nodes, functions } = readGraph(encoded, context);
  const names = new Set(functions.keys());
  const all = [nodes, ...Array.from(functions.values(), (definition) => definition.nodes)].flat();
  return [...new Set(all.map(({ op }) => op))].filter((op) => !isPassable(op, names));
}

/** The first field of a node and of a signature is its name; the last one of several counts. */
function nameOf(reader: FieldReader): string {
  let name = '';
  while (reader.next()) if (reader.field === 1) name = reader.name();
  return name;
}

function functionName(body: Uint8Array, context: ProtoContext): string {
  const reader = context.open(body, 'FunctionDef');
  let name = '';
  while (reader.next()) if (reader.field === 1) name = nameOf(context.open(reader.bytes(), 'OpDef'));
  return name;
}
