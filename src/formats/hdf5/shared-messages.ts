import type { Cursor } from './cursor.ts';
import type { FileBytes } from './file-bytes.ts';
import { FractalHeap } from './fractal-heap.ts';
import { malformed, unsupported } from './hdf5-problem.ts';
import { MESSAGE, readObjectHeader } from './object-header.ts';

const IN_HEAP = 1;
const HEAP_ID_BYTES = 8;
const MAX_INDEXES = 8;
const INDEX_BYTES_WITHOUT_ADDRESSES = 14;

/** Finds messages that several objects share: named datatypes, and those in the file's table of shared messages. */
export class SharedMessages {
  readonly #file: FileBytes;
  /** Heaps by the types of the messages in them, as bits. */
  readonly #heaps: readonly { readonly types: number; readonly address: number }[];
  readonly #opened = new Map<number, FractalHeap>();

  constructor(file: FileBytes, extension: number | undefined) {
    this.#file = file;
    this.#heaps = extension === undefined ? [] : readExtension(file, extension);
  }

  /** Follows a shared message of a type to its body. */
  resolve(type: number, reference: Cursor): Cursor {
    const version = reference.version([1, 2, 3]);
    const kind = reference.u8();
    if (version === 1) reference.skip(6 + reference.sizes.length);
    if (version === 3 && kind === IN_HEAP) return this.inHeap(type, reference.take(HEAP_ID_BYTES));
    const address = reference.definedAddress('a shared message');
    const header = readObjectHeader(this.#file, address);
    const message = header.messages.find((candidate) => candidate.type === type);
    if (message === undefined || message.isShared) {
      throw malformed(`there is no shared message of type ${type}`, this.#file.offsetOf(address));
    }
    return message.body();
  }

  /** A message in the file's heap of shared messages. */
  inHeap(type: number, id: Uint8Array): Cursor {
    const entry = this.#heaps.find(({ types }) => (types & (1 << type)) !== 0);
    if (entry === undefined) throw malformed(`a message of type ${type} is shared, and the file has no table of such`);
    let heap = this.#opened.get(entry.address);
    if (heap === undefined) {
      heap = new FractalHeap(this.#file, entry.address);
      this.#opened.set(entry.address, heap);
    }
    return heap.object(id);
  }
}

function readExtension(file: FileBytes, address: number): { readonly types: number; readonly address: number }[] {
  const heaps: { types: number; address: number }[] = [];
  for (const { type, body } of readObjectHeader(file, address).messages) {
    if (type === MESSAGE.DRIVER_INFO) throw unsupported('the file is one part of several (a family or split file)');
    if (type === MESSAGE.CACHE_IMAGE) throw unsupported('the file keeps metadata in a cache image');
    if (type !== MESSAGE.SHARED_TABLE) continue;
    const cursor = body();
    cursor.version([0]);
    const table = cursor.definedAddress('the table of shared messages');
    heaps.push(...readTable(file, table, cursor.u8()));
  }
  return heaps;
}

function readTable(file: FileBytes, address: number, count: number): { types: number; address: number }[] {
  const entryBytes = INDEX_BYTES_WITHOUT_ADDRESSES + 2 * file.sizes.address;
  const cursor = file.cursor(address, 'the table of shared messages', 4 + count * entryBytes + 4);
  if (count === 0 || count > MAX_INDEXES) throw cursor.malformed(`it has ${count} indexes`);
  cursor.signature('SMTB');
  const heaps: { types: number; address: number }[] = [];
  for (let i = 0; i < count; i++) {
    cursor.version([0]);
    cursor.u8();
    const types = cursor.u16();
    cursor.skip(4 + 2 + 2 + 2);
    cursor.address();
    const heap = cursor.address();
    if (heap !== undefined) heaps.push({ types, address: heap });
  }
  cursor.checksum();
  return heaps;
}
