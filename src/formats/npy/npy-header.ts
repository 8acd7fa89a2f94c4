import { badArray, unsupportedArray } from './npy-problem.ts';
import { type DTypeField, NumpyDType } from './numpy-dtype.ts';
import { elementCount } from './strides.ts';

/** numpy refuses to evaluate longer headers too. */
const MAX_HEADER_BYTES = 65_536;
const MAX_DEPTH = 16;

/** What the header of a `.npy` file says. */
export interface NpyHeader {
  readonly dtype: NumpyDType;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the data begin, in bytes. */
  readonly dataStart: number;
}

/** A Python literal of a header: text, numbers, booleans, None, and tuples, lists and dictionaries of them. */
type Literal = string | number | boolean | null | readonly Literal[] | ReadonlyMap<string, Literal>;

/** Reads the header that follows the magic. Throws FormatError where it is not what numpy writes. */
export function parseNpyHeader(bytes: Uint8Array, at: number): NpyHeader {
  const major = bytes[at];
  if (major === undefined || major < 1 || major > 3) throw unsupportedArray(`version ${major} of .npy is unknown`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = at + (major === 1 ? 4 : 6);
  if (start > bytes.length) throw badArray('the header is cut off');
  const length = major === 1 ? view.getUint16(at + 2, true) : view.getUint32(at + 2, true);
  if (length > MAX_HEADER_BYTES) throw badArray(`the header has ${length} bytes`);
  if (start + length > bytes.length) throw badArray('the header is cut off');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString(major === 3 ? 'utf8' : 'latin1');
  const header = new LiteralParser(text).parse();
  if (!(header instanceof Map) || header.size !== 3) throw badArray('the header is no dictionary of three entries');
  const descr = header.get('descr');
  const fortranOrder = header.get('fortran_order');
  const shape = header.get('shape');
  if (descr === undefined || typeof fortranOrder !== 'boolean' || !isList(shape))
    throw badArray('the header has wrong entries');
  return { dtype: parseDescription(descr, 0), fortranOrder, shape: parseShape(shape), dataStart: start + length };
}

function isList(value: Literal | undefined): value is readonly Literal[] {
  return Array.isArray(value);
}

function parseShape(value: readonly Literal[]): number[] {
  const shape = value.map((extent) => (typeof extent === 'number' ? extent : Number.NaN));
  elementCount(shape);
  return shape;
}

/** `'<f8'`, or a list of fields `(name, type[, shape])`. */
function parseDescription(value: Literal, depth: number): NumpyDType {
  if (depth > MAX_DEPTH) throw badArray('its type is nested too deeply');
  if (typeof value === 'string') return NumpyDType.parse(value);
  if (!isList(value)) throw badArray('its type is not described as numpy does');
  if (value.length === 2 && isList(value[1]) && !isList(value[0])) return subarray(value[0] ?? null, value[1], depth);
  const fields = new Map<string, DTypeField>();
  let offset = 0;
  let padding = 0;
  for (const field of value) {
    const [name, type, extents] = isList(field) ? field : [];
    const label = isList(name) ? name[1] : name;
    if (typeof label !== 'string' || type === undefined) throw badArray('a field is not described as numpy does');
    const dtype = isList(extents) ? subarray(type, extents, depth) : parseDescription(type, depth + 1);
    // Unnamed void fields are the padding of aligned types.
    if (!(label === '' && dtype.type === 'V')) fields.set(label === '' ? `f${padding}` : label, { dtype, offset });
    padding++;
    offset += dtype.itemSize;
  }
  const dtype = new NumpyDType('V', { itemSize: offset });
  dtype.update({ itemSize: offset, fields });
  return dtype;
}

function subarray(type: Literal, extents: readonly Literal[], depth: number): NumpyDType {
  const inner = parseDescription(type, depth + 1);
  const shape = parseShape(extents);
  const itemSize = elementCount(shape) * inner.itemSize;
  const dtype = new NumpyDType('V', { itemSize });
  dtype.update({ itemSize, subarray: { dtype: inner, shape } });
  return dtype;
}

/** Reads the Python literal that a header is. Nothing is evaluated. */
class LiteralParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Literal {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw badArray('the header goes on after its end');
    return value;
  }

  #space(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  #eat(character: string): boolean {
    this.#space();
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at++;
    return true;
  }

  #value(depth: number): Literal {
    if (depth > MAX_DEPTH) throw badArray('the header is nested too deeply');
    if (this.#eat('{')) return this.#dictionary(depth);
    if (this.#eat('(')) return this.#list(')', depth);
    if (this.#eat('[')) return this.#list(']', depth);
    this.#space();
    const token = /'[^'\\]*'|"[^"\\]*"|True|False|None|\d{1,16}L?/y;
    token.lastIndex = this.#at;
    const [text] = token.exec(this.#text) ?? [];
    if (text === undefined) throw badArray('the header is not written as numpy does');
    this.#at += text.length;
    if (text === 'None') return null;
    if (text === 'True' || text === 'False') return text === 'True';
    return /^\d/.test(text) ? Number(text.replace('L', '')) : text.slice(1, -1);
  }

  #list(end: string, depth: number): readonly Literal[] {
    const items: Literal[] = [];
    while (!this.#eat(end)) {
      items.push(this.#value(depth + 1));
      if (!this.#eat(',') && this.#text.charAt(this.#at) !== end)
        throw badArray('the header has a list without commas');
    }
    return items;
  }

  #dictionary(depth: number): ReadonlyMap<string, Literal> {
    const entries = new Map<string, Literal>();
    while (!this.#eat('}')) {
      const key = this.#value(depth + 1);
      if (typeof key !== 'string' || entries.has(key) || !this.#eat(':'))
        throw badArray('the header has a wrong entry');
      entries.set(key, this.#value(depth + 1));
      if (!this.#eat(',') && this.#text.charAt(this.#at) !== '}')
        throw badArray('the header has entries without commas');
    }
    return entries;
  }
}
