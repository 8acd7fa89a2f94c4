import { filled } from '../graph/filled.ts';
import { FormatError } from '../../errors/format-error.ts';

/** Text of a value from the file, short enough for a message. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** Whether a value from the file is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own entry of a JSON object; names from files are never looked up on prototypes. */
export function own(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/**
 * The configuration of one layer, read by key and type. A value of another type than expected is an
 * error that names the layer and the key; keys that nobody reads are ignored, as Keras adds new ones.
 * A getter with a default gives it for a missing key and for `null`.
 */
export class LayerConfig {
  /** `Dense layer "dense_1"`, for messages. */
  readonly subject: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(subject: string, values: Readonly<Record<string, unknown>>) {
    this.subject = subject;
    this.#values = values;
  }

  /** The value as the file has it; `undefined` for a missing key. */
  raw(key: string): unknown {
    return own(this.#values, key);
  }

  /** The same configuration with other values under some keys. */
  with(values: Readonly<Record<string, unknown>>): LayerConfig {
    return new LayerConfig(this.subject, { ...this.#values, ...values });
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined && this.raw(key) !== null;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.raw(key) ?? fallback;
    if (typeof value !== 'boolean') throw this.mistyped(key, 'true or false');
    return value;
  }

  number(key: string, fallback?: number): number {
    const value = this.raw(key) ?? fallback;
    if (typeof value === 'number') return value;
    throw this.mistyped(key, 'a number');
  }

  /** A whole number, at least `least`. */
  integer(
    key: string,
    { least = -Infinity, fallback }: { readonly least?: number; readonly fallback?: number } = {},
  ): number {
    const value = this.number(key, fallback);
    if (!Number.isSafeInteger(value) || value < least) {
      throw this.mistyped(key, least === -Infinity ? 'a whole number' : `a whole number of at least ${least}`);
    }
    return value;
  }

  string(key: string, fallback?: string): string {
    const value = this.raw(key) ?? fallback;
    if (typeof value !== 'string') throw this.mistyped(key, 'a text');
    return value;
  }

  /** One of the words given. */
  choice<T extends string>(key: string, words: readonly T[], fallback?: T): T {
    const value = this.raw(key) ?? fallback;
    const found = words.find((word) => word === value);
    if (found === undefined) throw this.mistyped(key, words.map((word) => JSON.stringify(word)).join(' or '));
    return found;
  }

  /** Whole numbers, `count` of them where given; a single number stands for a list of equal ones. */
  integers(
    key: string,
    { count, fallback }: { readonly count?: number; readonly fallback?: readonly number[] } = {},
  ): readonly number[] {
    const value = this.raw(key) ?? fallback;
    const list = typeof value === 'number' ? filled(count ?? 1, value) : value;
    if (!Array.isArray(list) || !list.every((item) => Number.isSafeInteger(item))) {
      throw this.mistyped(key, 'a whole number or a list of them');
    }
    if (count !== undefined && list.length !== count) throw this.mistyped(key, `${count} whole numbers`);
    return list as readonly number[];
  }

  /** Refuses a parameter that changes the result in a way that is not written here. */
  refuseUnless(key: string, allowed: readonly unknown[], why: string): void {
    const value = this.raw(key);
    if (value === undefined || value === null || allowed.includes(value)) return;
    throw this.unsupported(`has ${key}=${shown(value)}, ${why}`);
  }

  /** `ML_FORMAT_MALFORMED` for a key of a wrong type. */
  mistyped(key: string, expected: string): FormatError {
    return this.malformed(`has ${key}=${shown(this.raw(key))}, which must be ${expected}`);
  }

  malformed(what: string): FormatError {
    return new FormatError('ML_FORMAT_MALFORMED', `Keras model: ${this.subject} ${what}`, {
      details: { layer: this.subject },
    });
  }

  /** `what` continues the sentence "Dense layer "x" ...". */
  unsupported(what: string): FormatError {
    return new FormatError('ML_FORMAT_UNSUPPORTED', `Keras model: ${this.subject} ${what}`, {
      details: { layer: this.subject },
    });
  }
}
