import { walkBtree2 } from './btree2.ts';
import type { Cursor } from './cursor.ts';
import { type Dataspace, readDataspace } from './dataspace.ts';
import { type Hdf5Type, readDatatype } from './datatype.ts';
import { decodeValue } from './decode-value.ts';
import { FractalHeap } from './fractal-heap.ts';
import type { Hdf5Context } from './hdf5-context.ts';
import type { Hdf5Value } from './hdf5-file.ts';
import { inAttribute, malformed, overLimit, shown } from './hdf5-problem.ts';
import { MESSAGE, type ObjectHeader } from './object-header.ts';

interface Attribute {
  readonly name: string;
  readonly type: Hdf5Type;
  readonly space: Dataspace;
  readonly bytes: Uint8Array;
}

const SHARED_TYPE = 1;
const SHARED_SPACE = 2;
/** Records by name and by order of creation, which lead to the same attributes. */
const ATTRIBUTE_RECORDS = [8, 9];
const HEAP_ID_BYTES = 8;
const FLAG_SHARED = 0x02;

/** All attributes of an object with their values, in the order in which h5py lists them. */
export function readAttributes(context: Hdf5Context, header: ObjectHeader): ReadonlyMap<string, Hdf5Value> {
  const found: { readonly attribute: Attribute; readonly creationOrder: number }[] = [];
  const { maxElements } = context.file.limits;
  const add = (body: Cursor, creationOrder: number): void => {
    found.push({ attribute: readAttribute(context, body), creationOrder });
    if (found.length > maxElements) throw overLimit(`an object has more than ${maxElements} attributes`, maxElements);
  };
  for (const message of header.messages) {
    if (message.type === MESSAGE.ATTRIBUTE) add(context.bodyOf(message), message.creationOrder ?? 0);
    else if (message.type === MESSAGE.ATTRIBUTE_INFO) readDense(context, context.bodyOf(message), add);
  }
  const sorted = found.toSorted((a, b) =>
    header.tracksAttributeOrder
      ? a.creationOrder - b.creationOrder
      : Buffer.compare(Buffer.from(a.attribute.name), Buffer.from(b.attribute.name)),
  );
  const values = new Map<string, Hdf5Value>();
  for (const { attribute } of sorted) {
    const { name } = attribute;
    if (values.has(name)) throw malformed(`an object has the attribute ${shown(name)} twice`);
    values.set(
      name,
      inAttribute(name, () => decodeValue(context, attribute)),
    );
  }
  return values;
}

function readDense(context: Hdf5Context, cursor: Cursor, add: (body: Cursor, creationOrder: number) => void): void {
  const { file, shared } = context;
  cursor.version([0]);
  const flags = cursor.u8();
  if ((flags & ~3) !== 0) throw cursor.malformed(`attributes have unknown flags ${flags}`);
  if ((flags & 1) !== 0) cursor.skip(2);
  const heapAddress = cursor.address();
  const byName = cursor.address();
  if ((flags & 2) !== 0) cursor.address();
  if (heapAddress === undefined) return;
  if (byName === undefined) throw cursor.malformed('attributes have no index');
  const heap = new FractalHeap(file, heapAddress);
  walkBtree2(file, byName, { what: 'the index of attributes', types: ATTRIBUTE_RECORDS }, (record) => {
    const id = record.take(HEAP_ID_BYTES);
    const messageFlags = record.u8();
    const creationOrder = record.u32();
    const isShared = (messageFlags & FLAG_SHARED) !== 0;
    add(isShared ? shared.inHeap(MESSAGE.ATTRIBUTE, id) : heap.object(id), creationOrder);
  });
}

/** Reads an attribute message, version 1 to 3. */
function readAttribute(context: Hdf5Context, cursor: Cursor): Attribute {
  const version = cursor.version([1, 2, 3]);
  const flags = cursor.u8();
  if (version > 1 && (flags & ~3) !== 0) throw cursor.malformed(`an attribute has unknown flags ${flags}`);
  const nameBytes = cursor.u16();
  const typeBytes = cursor.u16();
  const spaceBytes = cursor.u16();
  if (version === 3) cursor.skip(1);
  const part = (bytes: number): Cursor => {
    const body = cursor.sub(bytes);
    if (version === 1) cursor.skip((8 - (bytes % 8)) % 8);
    return body;
  };
  const name = part(nameBytes).text(nameBytes);
  if (name === '') throw cursor.malformed('an attribute has no name');
  const shared = (which: number): boolean => version > 1 && (flags & which) !== 0;
  return inAttribute(name, () => {
    const type = resolve(context, MESSAGE.DATATYPE, { body: part(typeBytes), isShared: shared(SHARED_TYPE) });
    const space = resolve(context, MESSAGE.DATASPACE, { body: part(spaceBytes), isShared: shared(SHARED_SPACE) });
    const parsed = { type: readDatatype(type), space: readDataspace(space) };
    return { name, ...parsed, bytes: cursor.take(parsed.space.count * parsed.type.size) };
  });
}

function resolve(
  { shared }: Hdf5Context,
  type: number,
  { body, isShared }: { readonly body: Cursor; readonly isShared: boolean },
): Cursor {
  return isShared ? shared.resolve(type, body) : body;
}
