import { FlatBytes } from './flat-bytes.ts';

/** Bytes of a table or vector that are counted besides its content. */
const OVERHEAD = 16;

/**
 * A table of a FlatBuffer. Fields are named by their place in the schema, from 0 on; a field that is not there has its
 * default, a vector or table that is not there is empty or `undefined`.
 *
 * Source: the format's own description, https://flatbuffers.dev/internals.
 */
export class FlatTable {
  readonly #bytes: FlatBytes;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableBytes: number;

  private constructor(bytes: FlatBytes, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#vtable = at - bytes.int32(at);
    this.#vtableBytes = bytes.uint16(this.#vtable);
    bytes.spend(OVERHEAD);
  }

  /**
   * The root table.
   *
   * @param what names the buffer in messages
   * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT`, as every method does
   */
  static root(bytes: Uint8Array, what: string): FlatTable {
    const reader = new FlatBytes(bytes, what);
    return new FlatTable(reader, reader.uint32(0));
  }

  int32(field: number, fallback: number): number {
    const at = this.#field(field);
    return at === undefined ? fallback : this.#bytes.int32(at);
  }

  uint8(field: number, fallback: number): number {
    const at = this.#field(field);
    return at === undefined ? fallback : this.#bytes.uint8(at);
  }

  bool(field: number, fallback: boolean): boolean {
    return this.uint8(field, fallback ? 1 : 0) !== 0;
  }

  float32(field: number, fallback: number): number {
    const at = this.#field(field);
    return at === undefined ? fallback : this.#bytes.float32(at);
  }

  float64(field: number, fallback: number): number {
    const at = this.#field(field);
    return at === undefined ? fallback : this.#bytes.float64(at);
  }

  text(field: number): string | undefined {
    const at = this.#target(field);
    return at === undefined ? undefined : this.#textAt(at);
  }

  table(field: number): FlatTable | undefined {
    const at = this.#target(field);
    return at === undefined ? undefined : new FlatTable(this.#bytes, at);
  }

  tables(field: number): FlatTable[] {
    return this.#targets(field).map((at) => new FlatTable(this.#bytes, at));
  }

  texts(field: number): string[] {
    return this.#targets(field).map((at) => this.#textAt(at));
  }

  /** A vector of bytes, as a view. */
  byteVector(field: number): Uint8Array {
    const { start, count } = this.#vector(field, 1);
    return this.#bytes.range(start, count);
  }

  int32s(field: number): Int32Array {
    const { start, count } = this.#vector(field, 4);
    return Int32Array.from({ length: count }, (_, i) => this.#bytes.int32(start + 4 * i));
  }

  uint32s(field: number): Uint32Array {
    const { start, count } = this.#vector(field, 4);
    return Uint32Array.from({ length: count }, (_, i) => this.#bytes.uint32(start + 4 * i));
  }

  float32s(field: number): Float32Array {
    const { start, count } = this.#vector(field, 4);
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) out[i] = this.#bytes.float32(start + 4 * i);
    return out;
  }

  float64s(field: number): Float64Array {
    const { start, count } = this.#vector(field, 8);
    const out = new Float64Array(count);
    for (let i = 0; i < count; i++) out[i] = this.#bytes.float64(start + 8 * i);
    return out;
  }

  /** A vector of structs of `width` 16-bit numbers each, flat. */
  uint16Structs(field: number, width: number): Uint16Array {
    const { start, count } = this.#vector(field, 2 * width);
    const out = new Uint16Array(count * width);
    for (let i = 0; i < out.length; i++) out[i] = this.#bytes.uint16(start + 2 * i);
    return out;
  }

  /** A vector of structs of `width` 4-byte values each, as a view of its bytes. */
  structs(field: number, width: number): DataView {
    const { start, count } = this.#vector(field, 4 * width);
    const bytes = this.#bytes.range(start, count * 4 * width);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #textAt(at: number): string {
    const bytes = this.#bytes.range(at + 4, this.#bytes.uint32(at));
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }

  #targets(field: number): number[] {
    const { start, count } = this.#vector(field, 4);
    return Array.from({ length: count }, (_, i) => start + 4 * i + this.#bytes.uint32(start + 4 * i));
  }

  #vector(field: number, size: number): { readonly start: number; readonly count: number } {
    const at = this.#target(field);
    if (at === undefined) return { start: 0, count: 0 };
    const count = this.#bytes.uint32(at);
    // Nothing may be set aside for values that cannot be there.
    this.#bytes.range(at + 4, count * size);
    return { start: at + 4, count };
  }

  /** Where a field that is an offset leads to. */
  #target(field: number): number | undefined {
    const at = this.#field(field);
    return at === undefined ? undefined : at + this.#bytes.uint32(at);
  }

  #field(field: number): number | undefined {
    const slot = 4 + 2 * field;
    if (slot + 2 > this.#vtableBytes) return undefined;
    const offset = this.#bytes.uint16(this.#vtable + slot);
    return offset === 0 ? undefined : this.#at + offset;
  }
}
