import { FormatError } from '../../errors/format-error.ts';
import type { ArgDef, FunctionDef, GraphDef, NodeDef } from './graph-def.ts';
import { type ProtoContext, readEntry } from './proto-context.ts';

/**
 * GraphDef: nodes and functions.
 *
 * @param wholeFile the message is the whole file, so that an early end means that it was cut off
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_LIMIT`
 */
export function readGraph(body: Uint8Array, context: ProtoContext, wholeFile = false): GraphDef {
  const reader = context.open(body, 'GraphDef', wholeFile);
  const nodes: NodeDef[] = [];
  const functions = new Map<string, FunctionDef>();
  while (reader.next()) {
    if (reader.field === 1) nodes.push(readNode(reader.bytes(), context));
    else if (reader.field === 2) readLibrary(reader.bytes(), { context, functions });
  }
  return { encoded: body, nodes, functions };
}

function readNode(body: Uint8Array, context: ProtoContext): NodeDef {
  const reader = context.open(body, 'NodeDef');
  let name = '';
  let op = '';
  const inputs: string[] = [];
  const attrs = new Map<string, Uint8Array>();
  while (reader.next()) {
    if (reader.field === 1) name = reader.name();
    else if (reader.field === 2) op = reader.name();
    else if (reader.field === 3) {
      context.spend();
      inputs.push(reader.name());
    } else if (reader.field === 5) {
      const [key, value] = readEntry(reader.bytes(), context);
      attrs.set(key, value);
    }
  }
  if (name === '' || op === '') {
    throw new FormatError('ML_FORMAT_MALFORMED', `a node of the graph has no ${name === '' ? 'name' : 'operator'}`);
  }
  return { name, op, inputs, attrs };
}

function readLibrary(
  body: Uint8Array,
  { context, functions }: { readonly context: ProtoContext; readonly functions: Map<string, FunctionDef> },
): void {
  const reader = context.open(body, 'FunctionDefLibrary');
  while (reader.next()) {
    if (reader.field !== 1) continue;
    const definition = readFunction(reader.bytes(), context);
    if (functions.has(definition.name)) {
      throw new FormatError('ML_FORMAT_MALFORMED', `the function ${JSON.stringify(definition.name)} is defined twice`);
    }
    functions.set(definition.name, definition);
  }
}

function readFunction(body: Uint8Array, context: ProtoContext): FunctionDef {
  const reader = context.open(body, 'FunctionDef');
  let signature: Pick<FunctionDef, 'name' | 'inputs' | 'outputs'> = { name: '', inputs: [], outputs: [] };
  const nodes: NodeDef[] = [];
  const ret = new Map<string, string>();
  const controlRet: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) signature = readSignature(reader.bytes(), context);
    else if (reader.field === 3) nodes.push(readNode(reader.bytes(), context));
    else if (reader.field === 4) ret.set(...readTextEntry(reader.bytes(), context));
    else if (reader.field === 6) controlRet.push(readTextEntry(reader.bytes(), context)[1]);
  }
  return { ...signature, nodes, ret, controlRet };
}

function readTextEntry(body: Uint8Array, context: ProtoContext): readonly [string, string] {
  const [key, value] = readEntry(body, context);
  return [key, Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')];
}

function readSignature(body: Uint8Array, context: ProtoContext): Pick<FunctionDef, 'name' | 'inputs' | 'outputs'> {
  const reader = context.open(body, 'OpDef');
  let name = '';
  const inputs: ArgDef[] = [];
  const outputs: ArgDef[] = [];
  while (reader.next()) {
    if (reader.field === 1) name = reader.name();
    else if (reader.field === 2) inputs.push(readArg(reader.bytes(), context));
    else if (reader.field === 3) outputs.push(readArg(reader.bytes(), context));
  }
  return { name, inputs, outputs };
}

function readArg(body: Uint8Array, context: ProtoContext): ArgDef {
  const reader = context.open(body, 'OpDef.ArgDef');
  let name = '';
  let type = 0;
  let numberAttr = '';
  let typeListAttr = '';
  while (reader.next()) {
    if (reader.field === 1) name = reader.name();
    else if (reader.field === 3) type = reader.int32();
    else if (reader.field === 5) numberAttr = reader.name();
    else if (reader.field === 6) typeListAttr = reader.name();
  }
  return { name, type, numberAttr, typeListAttr };
}
