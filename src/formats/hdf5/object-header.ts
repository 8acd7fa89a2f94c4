import type { Cursor } from './cursor.ts';
import type { FileBytes } from './file-bytes.ts';
import { malformed, overLimit, unsupported } from './hdf5-problem.ts';

/** Numbers of the messages that are read. */
export const MESSAGE = {
  DATASPACE: 0x01,
  LINK_INFO: 0x02,
  DATATYPE: 0x03,
  OLD_FILL_VALUE: 0x04,
  FILL_VALUE: 0x05,
  LINK: 0x06,
  EXTERNAL_FILES: 0x07,
  LAYOUT: 0x08,
  GROUP_INFO: 0x0a,
  FILTERS: 0x0b,
  ATTRIBUTE: 0x0c,
  SHARED_TABLE: 0x0f,
  CONTINUATION: 0x10,
  SYMBOL_TABLE: 0x11,
  DRIVER_INFO: 0x14,
  ATTRIBUTE_INFO: 0x15,
  CACHE_IMAGE: 0x18,
} as const;

/** The highest number of a message that this reader knows of, read or not. */
const LAST_KNOWN = 0x18;
const FLAG_SHARED = 0x02;
const FLAG_FAIL_IF_UNKNOWN = 0x80;
/** Continuations of one header; a real one has a few. */
const MAX_CHUNKS = 10_000;

/** One message of an object header. */
export interface HeaderMessage {
  readonly type: number;
  /** Whether its body only says where the message is. */
  readonly isShared: boolean;
  /** Where it stands in the order of creation; attributes only, where that order is kept. */
  readonly creationOrder: number | undefined;
  /** A new cursor over the body. */
  readonly body: () => Cursor;
}

/** The messages of an object, all of its header's chunks together. */
export interface ObjectHeader {
  readonly address: number;
  readonly messages: readonly HeaderMessage[];
  /** Whether the order in which attributes were made is kept. */
  readonly tracksAttributeOrder: boolean;
}

interface Chunk {
  readonly address: number;
  readonly length: number;
}

/** Reads the header of an object, version 1 or 2; checksums must match. */
export function readObjectHeader(file: FileBytes, address: number): ObjectHeader {
  const start = file.cursor(address, 'an object header');
  const isNew = start.left >= 4 && Buffer.from(start.sub(4).take(4)).toString('latin1') === 'OHDR';
  return isNew ? readNew(file, address) : readOld(file, address);
}

function readOld(file: FileBytes, address: number): ObjectHeader {
  const prefix = file.cursor(address, 'an object header');
  prefix.version([1]);
  prefix.skip(1);
  // The number of messages: writers have disagreed on which to count.
  prefix.skip(2 + 4);
  const length = prefix.u32();
  const messages: HeaderMessage[] = [];
  eachChunk({ address: address + 16, length }, (chunk, follow) => {
    file.spend(chunk.length);
    const cursor = file.cursor(chunk.address, 'an object header', chunk.length);
    while (cursor.left >= 8) {
      const type = cursor.u16();
      const size = cursor.u16();
      const flags = cursor.u8();
      cursor.skip(3);
      if (size % 8 !== 0) throw cursor.malformed(`a message has ${size} bytes, which is no multiple of 8`);
      keep({ type, flags, creationOrder: undefined, body: cursor.sub(size) }, { file, messages, follow });
    }
    if (cursor.left > 0) throw cursor.malformed(`${cursor.left} bytes are left over`);
  });
  return { address, messages, tracksAttributeOrder: false };
}

function readNew(file: FileBytes, address: number): ObjectHeader {
  const prefix = file.cursor(address, 'an object header');
  prefix.signature('OHDR');
  prefix.version([2]);
  const flags = prefix.u8();
  if ((flags & 0xc0) !== 0) throw prefix.malformed(`unknown flags ${flags}`);
  if ((flags & 0x20) !== 0) prefix.skip(16);
  if ((flags & 0x10) !== 0) prefix.skip(4);
  const firstLength = prefix.uint(1 << (flags & 3));
  const tracksOrder = (flags & 0x04) !== 0;
  const first: Chunk = { address, length: prefix.position + firstLength + 4 };
  const messages: HeaderMessage[] = [];
  eachChunk(first, (chunk, follow) => {
    file.spend(chunk.length);
    const cursor = file.cursor(chunk.address, 'an object header', chunk.length);
    if (chunk === first) cursor.skip(prefix.position);
    else cursor.signature('OCHK');
    const headerBytes = tracksOrder ? 6 : 4;
    // What is too small for a message is a gap before the checksum.
    while (cursor.left - 4 >= headerBytes) {
      const type = cursor.u8();
      const size = cursor.u16();
      const messageFlags = cursor.u8();
      const creationOrder = tracksOrder ? cursor.u16() : undefined;
      if (size > cursor.left - 4) throw cursor.malformed(`a message of ${size} bytes reaches beyond it`);
      keep({ type, flags: messageFlags, creationOrder, body: cursor.sub(size) }, { file, messages, follow });
    }
    if (cursor.left < 4) throw cursor.malformed('it is too short');
    cursor.skip(cursor.left - 4);
    cursor.checksum();
  });
  return { address, messages, tracksAttributeOrder: tracksOrder };
}

/** Reads a chunk and those that continue it, each once. */
function eachChunk(first: Chunk, read: (chunk: Chunk, follow: (next: Chunk) => void) => void): void {
  const queue: Chunk[] = [first];
  const seen = new Set<number>([first.address]);
  for (const chunk of queue) {
    read(chunk, (next) => {
      if (seen.has(next.address)) throw malformed('an object header continues itself');
      seen.add(next.address);
      queue.push(next);
      if (queue.length > MAX_CHUNKS) throw overLimit(`an object header has more than ${MAX_CHUNKS} parts`, MAX_CHUNKS);
    });
  }
}

interface RawMessage {
  readonly type: number;
  readonly flags: number;
  readonly creationOrder: number | undefined;
  readonly body: Cursor;
}

interface KeepContext {
  readonly file: FileBytes;
  readonly messages: HeaderMessage[];
  readonly follow: (next: Chunk) => void;
}

function keep(message: RawMessage, { file, messages, follow }: KeepContext): void {
  const { type, flags, creationOrder, body } = message;
  if (type > LAST_KNOWN && (flags & FLAG_FAIL_IF_UNKNOWN) !== 0) {
    throw unsupported(`a message of type ${type}, which must be understood, is not known`, body.offset);
  }
  if (type === MESSAGE.CONTINUATION) {
    follow({ address: body.definedAddress('a continuation'), length: body.length() });
  }
  messages.push({
    type,
    isShared: (flags & FLAG_SHARED) !== 0,
    creationOrder,
    body: () => body.restart(),
  });
  if (messages.length > file.limits.maxElements) {
    throw overLimit(`an object header has more than ${file.limits.maxElements} messages`, file.limits.maxElements);
  }
}
