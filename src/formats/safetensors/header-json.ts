import { badSafetensors } from './safetensors-problem.ts';

/** What a header may hold: objects are maps, so that no name can be mistaken for a property. */
export type HeaderValue = string | number | boolean | null | readonly HeaderValue[] | ReadonlyMap<string, HeaderValue>;

/** Header, tensor, list: nothing of the format is nested deeper. */
const MAX_DEPTH = 4;

/**
 * JSON as the header of the format needs it: a key that is there twice is an error, as readers differ in which one
 * they take.
 *
 * @throws `ML_FORMAT_MALFORMED`
 */
export function parseHeaderJson(text: string): HeaderValue {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): HeaderValue {
    if (depth > MAX_DEPTH) throw this.#bad(`it is nested more than ${MAX_DEPTH} deep`);
    switch (this.#peek()) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#list(depth);
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  end(): void {
    if (this.#peek() !== '') throw this.#bad('something follows the header');
  }

  #object(depth: number): ReadonlyMap<string, HeaderValue> {
    const entries = new Map<string, HeaderValue>();
    this.#at += 1;
    if (this.#peek() === '}') {
      this.#at += 1;
      return entries;
    }
    for (;;) {
      if (this.#peek() !== '"') throw this.#bad('a key is no text');
      const key = this.#string();
      if (entries.has(key)) throw this.#bad(`the key ${JSON.stringify(key.slice(0, 200))} is there twice`);
      this.#take(':');
      entries.set(key, this.value(depth + 1));
      if (this.#next('}')) return entries;
    }
  }

  #list(depth: number): readonly HeaderValue[] {
    const items: HeaderValue[] = [];
    this.#at += 1;
    if (this.#peek() === ']') {
      this.#at += 1;
      return items;
    }
    for (;;) {
      items.push(this.value(depth + 1));
      if (this.#next(']')) return items;
    }
  }

  /** Whether the container ends here; else a comma was taken. */
  #next(close: '}' | ']'): boolean {
    const found = this.#peek();
    if (found !== close && found !== ',') throw this.#bad(`"," or "${close}" is expected`);
    this.#at += 1;
    return found === close;
  }

  #string(): string {
    const start = this.#at;
    let at = start + 1;
    while (at < this.#text.length && this.#text[at] !== '"') at += this.#text[at] === '\\' ? 2 : 1;
    this.#at = at + 1;
    return this.#parsed(start) as string;
  }

  #word(): number | boolean | null {
    const start = this.#at;
    while (/[\w.+-]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#parsed(start) as number | boolean | null;
  }

  /** The rules of JSON for what stands between a start and the current place. */
  #parsed(start: number): unknown {
    try {
      return JSON.parse(this.#text.slice(start, this.#at));
    } catch {
      this.#at = start;
      throw this.#bad('it is no JSON');
    }
  }

  #take(character: string): void {
    if (this.#peek() !== character) throw this.#bad(`"${character}" is expected`);
    this.#at += 1;
  }

  /** The next character that is no white space; empty at the end. */
  #peek(): string {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text[this.#at] ?? '';
  }

  #bad(what: string): Error {
    return badSafetensors(`${what} (character ${this.#at} of the header)`);
  }
}
