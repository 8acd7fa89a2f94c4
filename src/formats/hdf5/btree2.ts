import type { Cursor } from './cursor.ts';
import { bytesFor } from './datatype.ts';
import type { FileBytes } from './file-bytes.ts';
import { Visited } from './visited.ts';

/** Signature, version and type before the records of a node, and the checksum after them. */
const NODE_OVERHEAD = 10;
const MAX_DEPTH = 32;

interface Level {
  /** Bytes of the count of all records below a child of a node on this level. */
  readonly totalBytes: number;
  readonly maxRecords: number;
  readonly maxTotal: number;
}

/**
 * Calls back with every record of a version 2 B-tree, in order.
 *
 * @param types the types of records that may be there
 */
export function walkBtree2(
  file: FileBytes,
  address: number,
  tree: { readonly what: string; readonly types: readonly number[] },
  visit: (record: Cursor, type: number) => void,
): void {
  const { what } = tree;
  const header = file.cursor(address, what);
  header.signature('BTHD');
  header.version([0]);
  const type = header.u8();
  if (!tree.types.includes(type)) throw header.malformed(`records are of type ${type}`);
  const nodeBytes = header.u32();
  const recordBytes = header.u16();
  const depth = header.u16();
  header.skip(2);
  const root = header.address();
  const rootRecords = header.u16();
  const total = header.length();
  header.checksum();
  if (depth > MAX_DEPTH) throw header.malformed(`it is ${depth} levels deep`);
  if (recordBytes === 0 || nodeBytes < NODE_OVERHEAD + recordBytes) throw header.malformed('nodes have no room');
  if (root === undefined) return;

  const levels = capacities(file, { nodeBytes, recordBytes, depth });
  const countBytes = bytesFor(levels[0]?.maxRecords ?? 0);
  const visited = new Visited(what, file.limits.maxElements);
  let seen = 0;
  const walk = (at: number, level: number, count: number): void => {
    visited.add(at, file.offsetOf(at));
    file.spend(nodeBytes);
    const { maxRecords = 0 } = levels[level] ?? {};
    const cursor = file.cursor(at, what, nodeBytes);
    if (count > maxRecords) throw cursor.malformed(`a node has ${count} records, at most ${maxRecords} fit`);
    cursor.signature(level === 0 ? 'BTLF' : 'BTIN');
    cursor.version([0]);
    if (cursor.u8() !== type) throw cursor.malformed('a node has records of another type');
    const records: Cursor[] = [];
    for (let i = 0; i < count; i++) records.push(cursor.sub(recordBytes));
    const children: { readonly at: number; readonly count: number }[] = [];
    const childCount = level > 0 ? count + 1 : 0;
    for (let i = 0; i < childCount; i++) {
      children.push({ at: cursor.definedAddress('a child'), count: cursor.uint(countBytes) });
      if (level > 1) cursor.skip(levels[level - 1]?.totalBytes ?? 0);
    }
    cursor.checksum();
    for (let i = 0; i <= count; i++) {
      const child = children[i];
      if (child !== undefined) walk(child.at, level - 1, child.count);
      const record = records[i];
      if (record === undefined) continue;
      seen++;
      visit(record, type);
    }
  };
  walk(root, depth, rootRecords);
  if (seen !== total) throw header.malformed(`it has ${seen} records instead of ${total}`);
}

/** How many records nodes of each level hold, which decides how counts are stored. */
function capacities(
  file: FileBytes,
  {
    nodeBytes,
    recordBytes,
    depth,
  }: { readonly nodeBytes: number; readonly recordBytes: number; readonly depth: number },
): readonly Level[] {
  const leafRecords = Math.floor((nodeBytes - NODE_OVERHEAD) / recordBytes);
  const levels: Level[] = [{ totalBytes: 0, maxRecords: leafRecords, maxTotal: leafRecords }];
  for (let level = 1; level <= depth; level++) {
    const below = levels[level - 1] as Level;
    const pointer = file.sizes.address + bytesFor(leafRecords) + below.totalBytes;
    const maxRecords = Math.max(0, Math.floor((nodeBytes - NODE_OVERHEAD - pointer) / (recordBytes + pointer)));
    const maxTotal = (maxRecords + 1) * below.maxTotal + maxRecords;
    // Eight bytes are the most that a count takes.
    levels.push({ totalBytes: Math.min(8, bytesFor(maxTotal)), maxRecords, maxTotal });
  }
  return levels;
}
