import type { Limits } from '../../spec/limits.ts';
import type { Cursor } from './cursor.ts';
import type { FileBytes } from './file-bytes.ts';
import { GlobalHeap } from './global-heap.ts';
import { type HeaderMessage, type ObjectHeader } from './object-header.ts';
import { SharedMessages } from './shared-messages.ts';
import { StorageLedger } from './storage-ledger.ts';
import { readSuperblock } from './superblock.ts';

/** What everything read from one file shares. */
export class Hdf5Context {
  readonly file: FileBytes;
  /** Address of the root group's object header. */
  readonly root: number;
  readonly shared: SharedMessages;
  readonly globalHeap: GlobalHeap;
  readonly ledger: StorageLedger;

  constructor(bytes: Uint8Array, limits: Limits) {
    const { file, root, extension } = readSuperblock(bytes, limits);
    this.file = file;
    this.root = root;
    this.shared = new SharedMessages(file, extension);
    this.globalHeap = new GlobalHeap(file);
    this.ledger = new StorageLedger(file);
  }

  /** The body of a message, wherever it is. */
  bodyOf({ type, isShared, body }: HeaderMessage): Cursor {
    return isShared ? this.shared.resolve(type, body()) : body();
  }

  /** The body of the first message of a type. */
  find(header: ObjectHeader, type: number): Cursor | undefined {
    const message = header.messages.find((candidate) => candidate.type === type);
    return message === undefined ? undefined : this.bodyOf(message);
  }
}
