import type { UnsupportedNode } from './graph-translator.ts';

/** Places that are named per operator; the rest is counted. */
const MAX_PLACES = 3;

/** One message for everything that a program asks and that cannot be written. */
export function unsupportedMessage(what: string, nodes: readonly UnsupportedNode[]): string {
  const groups = new Map<string, UnsupportedNode[]>();
  for (const node of nodes) {
    const key = `${node.operator} (${node.reason})`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  const parts = Array.from(groups, ([key, group]) => {
    const places = [...new Set(group.map(({ place }) => place).filter(Boolean))];
    const shown = places.slice(0, MAX_PLACES).join('; ');
    const more = places.length > MAX_PLACES ? `; and ${places.length - MAX_PLACES} more` : '';
    return `${key}, ${group.length} time${group.length === 1 ? '' : 's'}${shown === '' ? '' : `, in ${shown}${more}`}`;
  });
  return `${what} needs what is not translated to ONNX: ${parts.join('. ')}. See docs/pytorch.md for the operators that are, or export the model to ONNX with torch.onnx.export`;
}
