import type { StoredDType } from '../../spec/stored-tensor.ts';
import { ELEMENT_BITS } from '../../data/dense-stored-tensor.ts';
import { isTuple } from '../../formats/pickle/arguments.ts';
import { isNode, type PyGlobal, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import { badTorch } from './torch-problem.ts';
import { storageType } from './torch-types.ts';

/** A storage as tensors refer to it: a run of elements under a key. */
export interface Storage {
  readonly key: string;
  /** `undefined` for bytes whose meaning the tensor knows. */
  readonly dtype: StoredDType | undefined;
  /** Bytes of the storage under the key. */
  readonly bytes: number;
  /** Where this view of it starts and how long it is, in bytes; all of it but in files of before 0.4. */
  readonly start: number;
  readonly length: number;
}

/** Bytes of one element of a type. */
export function elementBytes(dtype: StoredDType | undefined): number {
  return dtype === undefined ? 1 : (ELEMENT_BITS.get(dtype) as number) / 8;
}

/**
 * The storages of one file. The pickle names them by persistent ids; in the pickle's values they stand as records,
 * so that whoever reads the tensors asks here what they are.
 */
export class StorageTable {
  readonly #byKey = new Map<string, Storage>();
  readonly #byRecord = new Map<PyObject, Storage>();
  /** Called with each new storage: checks that the file holds it. */
  readonly #check: (storage: Storage) => void;

  constructor(check: (storage: Storage) => void = () => undefined) {
    this.#check = check;
  }

  get all(): Iterable<Storage> {
    return this.#byKey.values();
  }

  get(key: string): Storage | undefined {
    return this.#byKey.get(key);
  }

  of(record: PyValue | undefined): Storage | undefined {
    return record instanceof PyObject ? this.#byRecord.get(record) : undefined;
  }

  /** The value of a persistent id: `('storage', type, key, location, count[, view])`, or a class with its source text. */
  readonly load = (id: PyValue): PyValue => {
    const parts = isTuple(id) ? id.items : [];
    const [kind, type, key, location, count, view = null] = parts;
    if (kind === 'module' && isNode(type) && type.kind === 'global') return type;
    const known = isNode(type) && type.kind === 'global' ? storageType(type) : undefined;
    const isStorage =
      kind === 'storage' &&
      known !== undefined &&
      typeof key === 'string' &&
      typeof location === 'string' &&
      typeof count === 'number' &&
      count >= 0 &&
      parts.length <= 6;
    if (!isStorage) throw badTorch('a persistent id names no storage');
    const storage = this.#add({ key, dtype: known.dtype, bytes: count * elementBytes(known.dtype) });
    const record = new PyObject(type as PyGlobal, { args: [key, location, count] });
    this.#byRecord.set(record, view === null ? storage : viewOf(storage, view));
    return record;
  };

  #add({ key, dtype, bytes }: Pick<Storage, 'key' | 'dtype' | 'bytes'>): Storage {
    const known = this.#byKey.get(key);
    if (known === undefined) {
      const storage: Storage = { key, dtype, bytes, start: 0, length: bytes };
      this.#check(storage);
      this.#byKey.set(key, storage);
      return storage;
    }
    if (known.bytes !== bytes) {
      throw badTorch(`the storage ${JSON.stringify(key)} has ${known.bytes} bytes, and ${bytes} elsewhere`);
    }
    return known.dtype === dtype ? known : { ...known, dtype };
  }
}

/** `(key, offset, count)`, in elements: a part of the storage. */
function viewOf(storage: Storage, view: PyValue): Storage {
  const [, offset, count] = isTuple(view) ? view.items : [];
  const width = elementBytes(storage.dtype);
  if (typeof offset !== 'number' || typeof count !== 'number' || offset < 0 || count < 0) {
    throw badTorch(`a view of the storage ${JSON.stringify(storage.key)} is none`);
  }
  if ((offset + count) * width > storage.bytes) {
    throw badTorch(`a view reaches behind the end of the storage ${JSON.stringify(storage.key)}`);
  }
  return { ...storage, start: offset * width, length: count * width };
}
