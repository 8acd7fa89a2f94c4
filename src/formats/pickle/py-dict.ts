import { type DictKey, dictKey } from './dict-key.ts';
import type { PyGlobal, PyValue } from './nodes.ts';
import { overLimit } from './problems.ts';

/** A JavaScript `Map` cannot hold more. */
const MAX_ENTRIES = 2 ** 24 - 1;

/** The dictionary classes of the standard library. */
export type PyDictType = 'dict' | 'OrderedDict' | 'defaultdict' | 'Counter';

/** A Python dictionary: ordered, any hashable key, Python's equality. Never a JavaScript object with names from a file. */
export class PyDict {
  readonly type: PyDictType;
  /** The factory of a `defaultdict`, kept as a name. */
  readonly factory: PyGlobal | undefined;
  /** The instance attributes that an `OrderedDict` may have besides its entries. */
  attributes: PyValue | undefined;
  readonly #keys: PyValue[] = [];
  readonly #values: PyValue[] = [];
  #index: Map<DictKey, number> | undefined;

  constructor(type: PyDictType = 'dict', factory?: PyGlobal) {
    this.type = type;
    this.factory = factory;
  }

  get kind(): 'dict' {
    return 'dict';
  }

  get size(): number {
    return this.#keys.length;
  }

  /** The value under a key, by Python's equality: `get('a')`, `get(1)`. `undefined` where there is none. */
  get(key: PyValue): PyValue | undefined {
    const at = this.#index?.get(dictKey(key));
    return at === undefined ? undefined : this.#values[at];
  }

  has(key: PyValue): boolean {
    return this.#index?.has(dictKey(key)) ?? false;
  }

  /** An equal key that is there keeps its place and its form, as in Python. */
  set(key: PyValue, value: PyValue): void {
    const index = (this.#index ??= new Map());
    const k = dictKey(key);
    const at = index.get(k);
    if (at === undefined) {
      if (index.size >= MAX_ENTRIES) throw overLimit('the entries of a dictionary', MAX_ENTRIES, 'a larger one');
      index.set(k, this.#keys.length);
      this.#keys.push(key);
      this.#values.push(value);
    } else {
      this.#values[at] = value;
    }
  }

  keys(): readonly PyValue[] {
    return this.#keys;
  }

  values(): readonly PyValue[] {
    return this.#values;
  }

  *entries(): IterableIterator<[PyValue, PyValue]> {
    for (let i = 0; i < this.#keys.length; i++) yield [this.#keys[i] as PyValue, this.#values[i] as PyValue];
  }

  [Symbol.iterator](): IterableIterator<[PyValue, PyValue]> {
    return this.entries();
  }
}

/** A Python `set` or `frozenset`, in the order of the file. */
export class PySet {
  readonly frozen: boolean;
  readonly #items = new Map<DictKey, PyValue>();

  constructor(items: Iterable<PyValue> = [], frozen = false) {
    this.frozen = frozen;
    for (const item of items) this.add(item);
  }

  get kind(): 'set' {
    return 'set';
  }

  get size(): number {
    return this.#items.size;
  }

  add(item: PyValue): void {
    const key = dictKey(item);
    if (this.#items.has(key)) return;
    if (this.#items.size >= MAX_ENTRIES) throw overLimit('the items of a set', MAX_ENTRIES, 'a larger one');
    this.#items.set(key, item);
  }

  has(item: PyValue): boolean {
    return this.#items.has(dictKey(item));
  }

  values(): IterableIterator<PyValue> {
    return this.#items.values();
  }

  [Symbol.iterator](): IterableIterator<PyValue> {
    return this.#items.values();
  }
}
