import { FormatError } from '../../errors/format-error.ts';

/** Containers may stand inside containers this deep. */
const MAX_DEPTH = 100;

const END_OBJECT = 0x7d;
const END_ARRAY = 0x5d;
const TYPE = 0x24;
const COUNT = 0x23;

/** Bytes of a value of each type that arrays may be declared to hold. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ['i', 1],
  ['U', 1],
  ['I', 2],
  ['l', 4],
  ['L', 8],
  ['d', 4],
  ['D', 8],
]);

type NumberArray = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/**
 * A UBJSON document (draft 12) as plain values: objects without a prototype, arrays, typed arrays where the file
 * declares the type, text, numbers. 64-bit integers become numbers, as in JSON.
 *
 * @throws `ML_FORMAT_TRUNCATED`, `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT`
 */
export function readUbjson(bytes: Uint8Array): unknown {
  return new Reader(bytes).value(0);
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): unknown {
    return this.#valueOf(this.#marker(), depth);
  }

  #valueOf(marker: number, depth: number): unknown {
    switch (String.fromCharCode(marker)) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case 'S':
        return this.#text(this.#length());
      case 'C':
        return this.#text(1);
      case 'H':
        return Number(this.#text(this.#length()));
      case 'T':
        return true;
      case 'F':
        return false;
      case 'Z':
        return null;
      default:
        return this.#number(marker);
    }
  }

  #number(marker: number): number {
    const type = String.fromCharCode(marker);
    const size = SIZES.get(type);
    if (size === undefined) throw this.#malformed(`byte ${marker} is no type of UBJSON`, this.#at - 1);
    const at = this.#take(size);
    return numberAt(this.#view, type, at);
  }

  #object(depth: number): Record<string, unknown> {
    this.#descend(depth);
    const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    const { type, count } = this.#header();
    for (let left = count ?? Infinity; left > 0; left--) {
      if (count === undefined && this.#skipIf(END_OBJECT)) break;
      const key = this.#text(this.#length());
      out[key] = this.#valueOf(type ?? this.#marker(), depth + 1);
    }
    return out;
  }

  #array(depth: number): unknown {
    this.#descend(depth);
    const { type, count } = this.#header();
    if (type !== undefined && count !== undefined) return this.#typedArray(String.fromCharCode(type), count);
    const out: unknown[] = [];
    for (let left = count ?? Infinity; left > 0; left--) {
      if (count === undefined && this.#skipIf(END_ARRAY)) break;
      out.push(this.value(depth + 1));
    }
    return out;
  }

  #typedArray(type: string, count: number): NumberArray {
    const size = SIZES.get(type);
    if (size === undefined) throw this.#malformed(`an array of type "${type}"`);
    const start = this.#take(count * size);
    const out = allocate(type, count);
    for (let i = 0; i < count; i++) out[i] = numberAt(this.#view, type, start + i * size);
    return out;
  }

  /** The optional `$type` and `#count` of a container. Each item takes at least one byte, so the count is bounded. */
  #header(): { readonly type: number | undefined; readonly count: number | undefined } {
    const type = this.#skipIf(TYPE) ? this.#marker() : undefined;
    const counted = this.#skipIf(COUNT);
    if (type !== undefined && !(counted && SIZES.has(String.fromCharCode(type)))) {
      throw this.#malformed('a container whose type is no number type or that has no count');
    }
    const count = counted ? this.#length() : undefined;
    if (count !== undefined) this.#check(count);
    return { type, count };
  }

  #length(): number {
    const marker = this.#marker();
    const length = 'iUIlL'.includes(String.fromCharCode(marker)) ? this.#number(marker) : -1;
    if (!(Number.isSafeInteger(length) && length >= 0)) throw this.#malformed(`a length of ${length}`);
    return length;
  }

  #text(length: number): string {
    const start = this.#take(length);
    const { buffer, byteOffset } = this.#bytes;
    return Buffer.from(buffer, byteOffset + start, length).toString('utf8');
  }

  #marker(): number {
    const at = this.#take(1);
    const marker = this.#bytes[at] as number;
    // "N" is a no-op between values.
    return marker === 0x4e ? this.#afterNoOps() : marker;
  }

  #afterNoOps(): number {
    while (this.#bytes[this.#at] === 0x4e) this.#at += 1;
    return this.#bytes[this.#take(1)] as number;
  }

  #skipIf(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  /** Where `count` bytes begin, having moved past them. */
  #take(count: number): number {
    this.#check(count);
    const at = this.#at;
    this.#at += count;
    return at;
  }

  #check(count: number): void {
    const left = this.#bytes.length - this.#at;
    if (count <= left) return;
    throw new FormatError(
      'ML_FORMAT_TRUNCATED',
      `UBJSON: ${count} bytes are needed at offset ${this.#at}, ${left} are left`,
      {
        details: { offset: this.#at },
      },
    );
  }

  #descend(depth: number): void {
    if (depth < MAX_DEPTH) return;
    throw new FormatError('ML_FORMAT_LIMIT', `UBJSON: containers are nested more than ${MAX_DEPTH} deep`, {
      details: { limit: MAX_DEPTH },
    });
  }

  #malformed(what: string, offset: number = this.#at): FormatError {
    return new FormatError('ML_FORMAT_MALFORMED', `UBJSON: ${what} at offset ${offset}`, { details: { offset } });
  }
}

function numberAt(view: DataView, type: string, at: number): number {
  switch (type) {
    case 'i':
      return view.getInt8(at);
    case 'U':
      return view.getUint8(at);
    case 'I':
      return view.getInt16(at);
    case 'l':
      return view.getInt32(at);
    case 'L':
      return view.getInt32(at) * 2 ** 32 + view.getUint32(at + 4);
    case 'd':
      return view.getFloat32(at);
    default:
      return view.getFloat64(at);
  }
}

function allocate(type: string, count: number): NumberArray {
  switch (type) {
    case 'i':
      return new Int8Array(count);
    case 'U':
      return new Uint8Array(count);
    case 'I':
      return new Int16Array(count);
    case 'l':
      return new Int32Array(count);
    case 'd':
      return new Float32Array(count);
    default:
      return new Float64Array(count);
  }
}
