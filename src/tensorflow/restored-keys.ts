import type { Slice } from '../formats/tensor-bundle/bundle-index.ts';
import { Attributes } from './attributes.ts';
import { type EffectsOf, eachEffect, type Source } from './effects.ts';
import { handleName } from './handle-name.ts';

/** Where a variable is in the checkpoint. */
export interface RestoredKey {
  readonly key: string;
  /** The part of the tensor that is this variable; `undefined` for all of it. */
  readonly slice: Slice | undefined;
}

const ASSIGNS = /^Assign(VariableOp)?$/;
const FILLS_TABLE = /^LookupTableImport(V2)?$/;

/**
 * Which tensor of the checkpoint each variable is restored from, read off the graph that restores
 * them (TensorFlow's own loader runs it): keys and values of a table are under `name-keys` and `name-values`.
 */
export function restoredKeys(walk: EffectsOf, restoreOp: string): ReadonlyMap<string, RestoredKey> {
  const keys = new Map<string, RestoredKey>();
  const { context } = walk;
  eachEffect(walk, [restoreOp.split(':')[0] ?? ''], ({ node, input }) => {
    const handle = input(0)?.node;
    if (handle === undefined) return;
    const note = (name: string, source: Source | undefined): void => {
      const key = restoredFrom(source, walk);
      if (key !== undefined) keys.set(name, key);
    };
    if (ASSIGNS.test(node.op)) note(handleName(handle, context), input(1));
    if (FILLS_TABLE.test(node.op)) {
      note(`${handleName(handle, context)}-keys`, input(1));
      note(`${handleName(handle, context)}-values`, input(2));
    }
  });
  return keys;
}

/** The key that a result of RestoreV2 has. */
function restoredFrom(source: Source | undefined, { context }: EffectsOf): RestoredKey | undefined {
  let at = source;
  // A restored scalar may be reshaped on the way.
  while (at?.node.op === 'Reshape') at = at.input(0);
  if (at?.node.op !== 'RestoreV2') return undefined;
  const texts = (i: number): readonly string[] => {
    const node = at?.input(i)?.node;
    return node?.op === 'Const'
      ? Array.from(new Attributes(node, context).tensor('value').data as ArrayLike<unknown>, String)
      : [];
  };
  const key = texts(1)[at.index];
  return key === undefined ? undefined : { key, slice: parseSlice(texts(2)[at.index] ?? '') };
}

/** `10 4 0,5:-`: the extents of the whole, then start and length of the part, `-` for all of a dimension. */
function parseSlice(text: string): Slice | undefined {
  const parts = text.trim().split(' ').at(-1) ?? '';
  if (parts === '' || !text.includes(' ')) return undefined;
  return parts.split(':').map((extent) => {
    const [start = '0', length = '-1'] = extent === '-' ? ['0', '-1'] : extent.split(',');
    return { start: Number(start), length: Number(length) };
  });
}
