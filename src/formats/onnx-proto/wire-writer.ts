const encoder = new TextEncoder();
const U64 = 1n << 64n;

/**
 * Writes the fields of one protobuf message. Bytes that are given are referred to, not copied,
 * until `finish`; messages nest by writing one into another.
 */
export class WireWriter {
  readonly #chunks: Uint8Array[] = [];
  /** Bytes so far. */
  size = 0;

  /** Bytes as they are: whole fields. */
  raw(bytes: Uint8Array): this {
    this.#chunks.push(bytes);
    this.size += bytes.length;
    return this;
  }

  /** int32, int64, uint64, bool, enum. `undefined` writes nothing. */
  int(field: number, value: number | bigint | undefined): this {
    if (value === undefined) return this;
    return this.raw(Uint8Array.from([...varint(field * 8), ...varint(value)]));
  }

  float(field: number, value: number | undefined): this {
    if (value === undefined) return this;
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.raw(Uint8Array.from([...varint(field * 8 + 5), ...bytes]));
  }

  bytes(field: number, value: Uint8Array | undefined): this {
    if (value === undefined) return this;
    return this.raw(Uint8Array.from([...varint(field * 8 + 2), ...varint(value.length)])).raw(value);
  }

  text(field: number, value: string | undefined): this {
    return value === undefined ? this : this.bytes(field, encoder.encode(value));
  }

  texts(field: number, values: readonly string[]): this {
    for (const value of values) this.text(field, value);
    return this;
  }

  message(field: number, message: WireWriter): this {
    this.raw(Uint8Array.from([...varint(field * 8 + 2), ...varint(message.size)]));
    for (const chunk of message.#chunks) this.raw(chunk);
    return this;
  }

  /** A repeated integer, packed. No values write nothing. */
  packedInts(field: number, values: ArrayLike<number | bigint>): this {
    return this.bytes(field, pack(values));
  }

  /** A repeated integer, one field for each. */
  ints(field: number, values: ArrayLike<number | bigint>): this {
    for (let i = 0; i < values.length; i++) this.int(field, values[i]);
    return this;
  }

  floats(field: number, values: ArrayLike<number>): this {
    for (let i = 0; i < values.length; i++) this.float(field, values[i]);
    return this;
  }

  packedFloats(field: number, values: ArrayLike<number>): this {
    if (values.length === 0) return this;
    const bytes = new Uint8Array(values.length * 4);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i] ?? 0, true);
    return this.bytes(field, bytes);
  }

  packedDoubles(field: number, values: ArrayLike<number>): this {
    if (values.length === 0) return this;
    const bytes = new Uint8Array(values.length * 8);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < values.length; i++) view.setFloat64(i * 8, values[i] ?? 0, true);
    return this.bytes(field, bytes);
  }

  /** Everything written, in one new array. */
  finish(): Uint8Array {
    const all = new Uint8Array(this.size);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}

function pack(values: ArrayLike<number | bigint>): Uint8Array | undefined {
  if (values.length === 0) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < values.length; i++) bytes.push(...varint(values[i] ?? 0));
  return Uint8Array.from(bytes);
}

/** Negative numbers take ten bytes, as two's complement of 64 bits. */
function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
    bytes.push(rest);
    return bytes;
  }
  let rest = (BigInt(value) + U64) % U64;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return bytes;
}
