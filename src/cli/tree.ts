import type { Output } from './output.ts';
import { humanBytes } from './text.ts';

/** An object of a file, as the inspection of pickles describes it. */
interface TreeItem {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly children?: readonly TreeItem[];
  readonly more?: number;
}

/** Settings shown per object; `--json` has all. */
const MAX_PARAMETERS = 8;

/** Whether a detail of an inspection is a tree of objects. */
export function isTree(value: unknown): value is TreeItem {
  return typeof value === 'object' && value !== null && 'type' in value && 'bytes' in value && 'name' in value;
}

/** Prints a tree: one object per line, its settings, and what is in it below. */
export function printTree(root: TreeItem, out: Output): void {
  const waiting: (readonly [TreeItem, number])[] = [[root, 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [item, depth] = next;
    const indent = '  '.repeat(depth);
    const label = item.name === '' ? '' : `${item.name}: `;
    out.line(`${indent}${label}${item.type}${settings(item)}  ${humanBytes(item.bytes)}`);
    if (item.more !== undefined) waiting.push([{ name: '', type: `... and ${item.more} more`, bytes: 0 }, depth + 1]);
    for (const child of (item.children ?? []).toReversed()) waiting.push([child, depth + 1]);
  }
}

function settings({ parameters = {} }: TreeItem): string {
  const all = Object.entries(parameters).filter(([, value]) => value !== 'None');
  if (all.length === 0) return '';
  const shown = all.slice(0, MAX_PARAMETERS).map(([name, value]) => `${name}=${value}`);
  return `(${shown.join(', ')}${all.length > MAX_PARAMETERS ? ', ...' : ''})`;
}
