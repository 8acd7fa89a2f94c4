import { walkBtree1 } from './btree1.ts';
import { walkBtree2 } from './btree2.ts';
import type { Cursor } from './cursor.ts';
import type { FileBytes } from './file-bytes.ts';
import { FractalHeap } from './fractal-heap.ts';
import type { Hdf5Context } from './hdf5-context.ts';
import { malformed, overLimit, shown } from './hdf5-problem.ts';
import { readLocalHeap } from './local-heap.ts';
import { MESSAGE, type ObjectHeader } from './object-header.ts';

/** A name in a group and what it leads to. */
export interface Link {
  readonly name: string;
  readonly target:
    | { readonly kind: 'hard'; readonly address: number }
    | { readonly kind: 'soft' | 'external' | 'user'; readonly to: string };
  readonly creationOrder: number;
  readonly offset: number | undefined;
}

const SOFT_ENTRY = 2;
/** Bytes of an entry of a symbol table with the usual sizes of fields. */
const SYMBOL_BYTES = 40;
/** Records by name and by order of creation, which lead to the same links. */
const LINK_RECORDS = [5, 6];
const HEAP_ID_BYTES = 7;

/** All links of a group, in the order in which h5py lists them. */
export function readLinks(context: Hdf5Context, header: ObjectHeader): ReadonlyMap<string, Link> {
  const { file } = context;
  const links: Link[] = [];
  const add = (link: Link): void => {
    links.push(link);
    if (links.length > file.limits.maxElements) {
      throw overLimit(`a group has more than ${file.limits.maxElements} links`, file.limits.maxElements);
    }
  };
  let byCreation = false;
  for (const message of header.messages) {
    if (message.type === MESSAGE.SYMBOL_TABLE) readSymbolTable(file, context.bodyOf(message), add);
    else if (message.type === MESSAGE.LINK) add(readLink(context.bodyOf(message)));
    else if (message.type === MESSAGE.LINK_INFO) byCreation = readLinkInfo(file, context.bodyOf(message), add);
  }
  const order = byCreation ? (a: Link, b: Link) => a.creationOrder - b.creationOrder : compareNames;
  const sorted = links.toSorted(order);
  const byName = new Map(sorted.map((link) => [link.name, link]));
  if (byName.size < links.length) throw malformed('a group has the same name twice', file.offsetOf(header.address));
  return byName;
}

function compareNames(a: Link, b: Link): number {
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}

/** Links of groups with an index by order of creation or without; gives whether that order is kept. */
function readLinkInfo(file: FileBytes, cursor: Cursor, add: (link: Link) => void): boolean {
  cursor.version([0]);
  const flags = cursor.u8();
  if ((flags & ~3) !== 0) throw cursor.malformed(`links have unknown flags ${flags}`);
  if ((flags & 1) !== 0) cursor.skip(8);
  const heapAddress = cursor.address();
  const byName = cursor.address();
  if ((flags & 2) !== 0) cursor.address();
  if (heapAddress !== undefined) {
    const heap = new FractalHeap(file, heapAddress);
    if (byName === undefined) throw cursor.malformed('links have no index');
    walkBtree2(file, byName, { what: 'the index of links', types: LINK_RECORDS }, (record, type) => {
      record.skip(type === 5 ? 4 : 8);
      add(readLink(heap.object(record.take(HEAP_ID_BYTES))));
    });
  }
  return (flags & 1) !== 0;
}

/** Groups of the older kind: a tree of symbol tables, and a heap with the names. */
function readSymbolTable(file: FileBytes, cursor: Cursor, add: (link: Link) => void): void {
  const tree = cursor.definedAddress('the tree of a group');
  const nameAt = readLocalHeap(file, cursor.definedAddress('the heap of a group'));
  const shape = { type: 0, what: 'the tree of a group', keyBytes: file.sizes.length } as const;
  walkBtree1(file, tree, shape, (_key, child) => {
    const node = file.cursor(child, 'a symbol table');
    node.signature('SNOD');
    node.version([1]);
    node.skip(1);
    const count = node.u16();
    file.spend(count * SYMBOL_BYTES);
    for (let i = 0; i < count; i++) {
      const { offset } = node;
      const name = checkedName(nameAt(node.length()), node);
      const address = node.address();
      const kind = node.u32();
      node.skip(4);
      const scratch = node.sub(16);
      if (kind === SOFT_ENTRY) {
        add({ name, target: { kind: 'soft', to: nameAt(scratch.u32()) }, creationOrder: 0, offset });
      } else if (kind > SOFT_ENTRY || address === undefined) {
        throw node.malformed(`an entry is of kind ${kind}${address === undefined ? ' without an address' : ''}`);
      } else {
        add({ name, target: { kind: 'hard', address }, creationOrder: 0, offset });
      }
    }
  });
}

/** Reads a link message. */
function readLink(cursor: Cursor): Link {
  const { offset } = cursor;
  cursor.version([1]);
  const flags = cursor.u8();
  if ((flags & 0xe0) !== 0) throw cursor.malformed(`a link has unknown flags ${flags}`);
  const type = (flags & 0x08) === 0 ? 0 : cursor.u8();
  const creationOrder = (flags & 0x04) === 0 ? 0 : cursor.uint(8);
  if ((flags & 0x10) !== 0 && cursor.u8() > 1) throw cursor.malformed('a name is in an unknown character set');
  const length = cursor.uint(1 << (flags & 3));
  const name = checkedName(cursor.text(length), cursor);
  return { name, target: readTarget(cursor, type), creationOrder, offset };
}

function readTarget(cursor: Cursor, type: number): Link['target'] {
  if (type === 0) return { kind: 'hard', address: cursor.definedAddress('an object') };
  const to = cursor.sub(cursor.u16());
  if (type === 1) return { kind: 'soft', to: to.text(to.left) };
  if (type !== 64) {
    if (type < 64) throw cursor.malformed(`a link is of the unknown kind ${type}`);
    return { kind: 'user', to: `user-defined kind ${type}` };
  }
  to.skip(1);
  const file = to.textToNul();
  return { kind: 'external', to: `${shown(to.textToNul())} in file ${shown(file)}` };
}

function checkedName(name: string, cursor: Cursor): string {
  if (name === '' || name.includes('/')) throw cursor.malformed(`${shown(name)} is no name`);
  return name;
}
