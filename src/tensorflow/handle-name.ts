import type { NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import type { ProtoContext } from '../formats/tensorflow-proto/proto-context.ts';
import { Attributes } from './attributes.ts';

/** What a variable or table is called: handles of the same name are the same variable. */
export function handleName(node: NodeDef, context: ProtoContext): string {
  const shared = new Attributes(node, context).text('shared_name');
  return shared === '' ? node.name : shared;
}
