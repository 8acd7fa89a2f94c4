import { malformed, overLimit, truncated } from './problems.ts';

const NEWLINE = 0x0a;
/** A JavaScript string cannot hold much more. */
export const MAX_TEXT_BYTES: number = 256 * 1024 * 1024;
/** A text operand longer than this is no number, name or string of a real file. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/**
 * Reads operands from the bytes, never past their end and never across the end of a frame. The second rule is where
 * readers disagree: bytes that one takes for an operand are opcodes for another.
 */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly #buffer: Buffer;
  readonly #view: DataView;
  position: number;
  #frameEnd: number | undefined;

  constructor(bytes: Uint8Array, position: number) {
    this.bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.position = position;
  }

  /** Moves over `length` bytes and gives where they start. Called before anything is allocated for them. */
  take(length: number, what: string): number {
    const start = this.position;
    const end = start + length;
    if (end > this.bytes.length) {
      throw truncated(`${what} needs ${length} bytes, ${this.bytes.length - start} are left`, start);
    }
    if (this.#frameEnd !== undefined) {
      if (end > this.#frameEnd) throw malformed(`${what} crosses the end of a frame`, start);
      if (end === this.#frameEnd) this.#frameEnd = undefined;
    }
    this.position = end;
    return start;
  }

  /** Begins a frame of `length` bytes. */
  beginFrame(length: number): void {
    const at = this.position;
    if (this.#frameEnd !== undefined) throw malformed('a frame begins inside another', at);
    if (length > this.bytes.length - at) {
      throw truncated(`a frame of ${length} bytes is declared, ${this.bytes.length - at} are left`, at);
    }
    this.#frameEnd = length === 0 ? undefined : at + length;
  }

  /** Whether the position is between frames: only there may raw data follow. */
  get outsideFrame(): boolean {
    return this.#frameEnd === undefined;
  }

  uint8(): number {
    return this.#buffer[this.take(1, 'a byte')] as number;
  }

  uint16(): number {
    return this.#view.getUint16(this.take(2, 'an operand'), true);
  }

  int32(): number {
    return this.#view.getInt32(this.take(4, 'an operand'), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.take(4, 'an operand'), true);
  }

  /** A length of 8 bytes. Anything beyond exact numbers is far beyond the end of the file too. */
  uint64(): number {
    const at = this.take(8, 'an operand');
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }

  /** The big-endian double of BINFLOAT. */
  float64(): number {
    return this.#view.getFloat64(this.take(8, 'an operand'), false);
  }

  /** A view of the next bytes, without copying. */
  view(length: number, what: string): Uint8Array {
    const start = this.take(length, what);
    return this.bytes.subarray(start, start + length);
  }

  /** UTF-8 text in which lone surrogates are allowed, as Python writes them. */
  utf8(length: number, what: string): string {
    if (length > MAX_TEXT_BYTES && length <= this.bytes.length)
      throw overLimit('the bytes of a text', MAX_TEXT_BYTES, `${length} bytes in one`, this.position);
    const start = this.take(length, what);
    const text = this.#buffer.toString('utf8', start, start + length);
    return text.includes('\ufffd') ? decodeSurrogatePass(this.bytes.subarray(start, start + length), start) : text;
  }

  /** Text up to a newline, bytes as characters; the newline is consumed. */
  line(what: string): string {
    const start = this.position;
    const end = this.#buffer.indexOf(NEWLINE, start);
    if (end < 0) throw truncated(`${what} has no end of line`, start);
    if (end - start > MAX_LINE_BYTES) throw malformed(`${what} is ${end - start} bytes long`, start);
    this.take(end - start + 1, what);
    return this.#buffer.toString('latin1', start, end);
  }
}

/** Strict UTF-8 with Python's `surrogatepass`, for the rare text that the fast way could not decode exactly. */
export function decodeSurrogatePass(bytes: Uint8Array, offset: number): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] as number;
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    let code = length === 1 ? lead : lead & (0x7f >> length);
    let valid = length > 0 && i + length <= bytes.length;
    for (let k = 1; valid && k < length; k++) {
      const next = bytes[i + k] as number;
      valid = (next & 0xc0) === 0x80;
      code = (code << 6) | (next & 0x3f);
    }
    const minimum = [0, 0, 0x80, 0x800, 0x10000][length] as number;
    if (!valid || code < minimum || code > 0x10ffff) throw malformed('text is not UTF-8', offset + i);
    parts.push(String.fromCodePoint(code));
    i += length;
  }
  return parts.join('');
}
