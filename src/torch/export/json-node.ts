import { badExport } from './export-problem.ts';

/** A place in a JSON document: what is read from it has the type that is asked for, or the error names the place. */
export class JsonNode {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path: string) {
    this.value = value;
    this.path = path;
  }

  /** A key that may be absent; `null` is absent too, as early versions wrote it. */
  get(key: string): JsonNode | undefined {
    const found = Object.hasOwn(this.#record(), key) ? this.#record()[key] : undefined;
    return found === undefined || found === null ? undefined : new JsonNode(found, `${this.path}.${key}`);
  }

  need(key: string): JsonNode {
    return this.get(key) ?? this.fail(`has no ${key}`);
  }

  entries(): readonly (readonly [string, JsonNode])[] {
    return Object.entries(this.#record()).map(([key, value]) => [key, new JsonNode(value, `${this.path}.${key}`)]);
  }

  /** The one key whose value is not `null`: how the format writes unions. */
  union(): readonly [string, JsonNode] {
    const [only, second] = this.entries().filter(([, node]) => node.value !== null && node.value !== undefined);
    if (only === undefined || second !== undefined) return this.fail('is no union of one value');
    return only;
  }

  list(): readonly JsonNode[] {
    if (!Array.isArray(this.value)) return this.fail('is no list');
    return this.value.map((item, i) => new JsonNode(item, `${this.path}[${i}]`));
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.fail('is no string');
  }

  int(): number {
    return typeof this.value === 'number' && Number.isInteger(this.value) ? this.value : this.fail('is no integer');
  }

  /** A number; infinities and NaN are written as strings. */
  float(): number {
    if (typeof this.value === 'number') return this.value;
    const special = typeof this.value === 'string' ? SPECIAL.get(this.value) : undefined;
    return special ?? this.fail('is no number');
  }

  bool(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.fail('is no boolean');
  }

  fail(problem: string): never {
    throw badExport(`${this.path} ${problem}`);
  }

  #record(): Readonly<Record<string, unknown>> {
    if (typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)) {
      return this.value as Readonly<Record<string, unknown>>;
    }
    return this.fail('is no object');
  }
}

const SPECIAL = new Map([
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
]);

const STRING_OR_WORD = /"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN/g;

/**
 * JSON as Python writes it: the bare words `NaN`, `Infinity` and `-Infinity` become strings.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT` for more text than a string can hold
 */
export function parseJson(bytes: Uint8Array, name: string): JsonNode {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    return new JsonNode(JSON.parse(text), name);
  } catch {
    // Most files have no bare words, so they are looked for only now.
  }
  const quoted = text.replace(STRING_OR_WORD, (found) => (found.startsWith('"') ? found : `"${found}"`));
  try {
    return new JsonNode(JSON.parse(quoted), name);
  } catch (error) {
    throw badExport(`${name} is no JSON: ${(error as Error).message}`);
  }
}
