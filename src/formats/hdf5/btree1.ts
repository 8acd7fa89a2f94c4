import type { Cursor } from './cursor.ts';
import type { FileBytes } from './file-bytes.ts';
import { Visited } from './visited.ts';

/** Levels above the leaves; 65,535 children to a node make more than a few needless. */
const MAX_LEVELS = 32;

/** What a tree holds: a key before every child, and one after the last. */
export interface Btree1Shape {
  /** 0: symbol tables of a group; 1: chunks of a dataset. */
  readonly type: 0 | 1;
  readonly what: string;
  readonly keyBytes: number;
}

/** Calls back with the key and the address of every child of the leaves, in order. */
export function walkBtree1(
  file: FileBytes,
  root: number,
  shape: Btree1Shape,
  visit: (key: Cursor, child: number) => void,
): void {
  const visited = new Visited(shape.what, file.limits.maxElements);
  const walk = (address: number, expectedLevel: number | undefined): void => {
    const cursor = file.cursor(address, shape.what);
    visited.add(address, file.offsetOf(address));
    cursor.signature('TREE');
    const type = cursor.u8();
    if (type !== shape.type) throw cursor.malformed(`a node is of type ${type} instead of ${shape.type}`);
    const level = cursor.u8();
    if (level !== (expectedLevel ?? level) || level > MAX_LEVELS) throw cursor.malformed(`a node is of level ${level}`);
    const count = cursor.u16();
    file.spend(count * (shape.keyBytes + file.sizes.address));
    cursor.address();
    cursor.address();
    for (let i = 0; i < count; i++) {
      const key = cursor.sub(shape.keyBytes);
      const child = cursor.definedAddress('a child');
      if (level === 0) visit(key, child);
      else walk(child, level - 1);
    }
    cursor.skip(shape.keyBytes);
  };
  walk(root, undefined);
}
