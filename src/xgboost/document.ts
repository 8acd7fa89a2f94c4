import { FormatError } from '../errors/format-error.ts';

/** One object of a model document, JSON or UBJSON; what is missing or mistyped is an error that names its place. */
export class Document {
  readonly path: string;
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #what: string;

  /**
   * @param what names the document in messages
   * @throws `ML_FORMAT_MALFORMED` for what is no object
   */
  constructor(value: unknown, path: string, what = 'XGBoost model') {
    this.path = path;
    this.#what = what;
    if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
      throw new FormatError('ML_FORMAT_MALFORMED', `${what}: ${path} must be an object`, { details: { path } });
    }
    this.#value = value as Record<string, unknown>;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  get(key: string): unknown {
    return Object.hasOwn(this.#value, key) ? this.#value[key] : undefined;
  }

  keys(): string[] {
    return Object.keys(this.#value);
  }

  object(key: string): Document {
    return new Document(this.get(key), this.#place(key), this.#what);
  }

  objects(key: string): Document[] {
    const value = this.get(key);
    if (!Array.isArray(value)) throw this.#mistyped(key, 'a list');
    return value.map((item, i) => new Document(item, `${this.#place(key)}[${i}]`, this.#what));
  }

  text(key: string): string {
    const value = this.get(key);
    if (typeof value !== 'string') throw this.#mistyped(key, 'text');
    return value;
  }

  /** A list of text; absent counts as empty. */
  texts(key: string): string[] {
    const value = this.get(key) ?? [];
    // An empty list may have been written as an empty array of numbers.
    if (ArrayBuffer.isView(value) && value.byteLength === 0) return [];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      throw this.#mistyped(key, 'a list of text');
    return value;
  }

  /** A non-negative integer; parameters are kept as text. Absent counts as `fallback`. */
  count(key: string, fallback?: number): number {
    const value = this.get(key) ?? fallback;
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
      throw this.#mistyped(key, 'a non-negative integer');
    }
    return number;
  }

  /** A list of numbers as doubles; `null` and booleans count as NaN, 0 and 1. */
  numbers(key: string): Float64Array {
    const value = this.get(key);
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Float64Array.from(value as Float64Array);
    if (!Array.isArray(value)) throw this.#mistyped(key, 'a list of numbers');
    const out = new Float64Array(value.length);
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === 'number') out[i] = item;
      else if (item === null) out[i] = Number.NaN;
      else if (typeof item === 'boolean') out[i] = item ? 1 : 0;
      else throw this.#mistyped(`${key}[${i}]`, 'a number');
    }
    return out;
  }

  /** A list of 32-bit integers. */
  ints(key: string): Int32Array {
    return Int32Array.from(this.numbers(key), (value) => {
      if ((value | 0) !== value) throw this.#mistyped(key, 'a list of 32-bit integers');
      return value;
    });
  }

  #place(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  #mistyped(key: string, wanted: string): FormatError {
    const path = this.#place(key);
    const state = this.has(key.replace(/\[\d+\]$/, '')) ? `must be ${wanted}` : `is missing; it must be ${wanted}`;
    return new FormatError('ML_FORMAT_MALFORMED', `${this.#what}: ${path} ${state}`, { details: { path } });
  }
}
