// Reads the `.pb` files of the ONNX project's backend tests: one TensorProto each. Independent of
// the library's own protobuf reader, so that a mistake there cannot hide itself.

const DTYPES = {
  1: 'float32', 2: 'uint8', 3: 'int8', 4: 'uint16', 5: 'int16', 6: 'int32', 7: 'int64', 8: 'string', 9: 'bool',
  10: 'float16', 11: 'float64', 12: 'uint32', 13: 'uint64', 14: 'complex64', 15: 'complex128', 16: 'bfloat16',
};

const RAW = {
  float32: Float32Array, uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array, int32: Int32Array,
  int64: BigInt64Array, bool: Uint8Array, float64: Float64Array, uint32: Uint32Array, uint64: BigUint64Array,
  float16: Uint16Array, bfloat16: Uint16Array, complex64: Float32Array, complex128: Float64Array,
};

function* fields(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const wire = key & 7;
    if (wire === 0) yield [key >> 3, varint()];
    else if (wire === 1) yield [key >> 3, view.getFloat64((at += 8) - 8, true)];
    else if (wire === 5) yield [key >> 3, view.getFloat32((at += 4) - 4, true)];
    else if (wire === 2) {
      const length = Number(varint());
      yield [key >> 3, bytes.subarray(at, (at += length))];
    } else throw new Error(`wire type ${wire}`);
  }
}

function packed(value, kind) {
  if (!(value instanceof Uint8Array)) return [value];
  if (kind === 'varint') {
    const out = [];
    let current = 0n;
    let shift = 0n;
    for (const byte of value) {
      current |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) {
        out.push(BigInt.asUintN(64, current));
        current = shift = 0n;
      }
    }
    return out;
  }
  const copy = new Uint8Array(value).buffer;
  return kind === 'float' ? [...new Float32Array(copy)] : [...new Float64Array(copy)];
}

const text = new TextDecoder();

/** `{ name, shape, dtype, data }`; `undefined` where the element type has no JavaScript form (float8, int4). */
export function readTensorProto(bytes) {
  const shape = [];
  const loose = [];
  let dtypeCode = 0;
  let name = '';
  let raw;
  for (const [field, value] of fields(bytes)) {
    if (field === 1) shape.push(...packed(value, 'varint').map(Number));
    else if (field === 2) dtypeCode = Number(value);
    else if (field === 4) loose.push(...packed(value, 'float'));
    else if (field === 5) loose.push(...packed(value, 'varint').map((v) => BigInt.asIntN(32, v)));
    else if (field === 7) loose.push(...packed(value, 'varint').map((v) => BigInt.asIntN(64, v)));
    else if (field === 11) loose.push(...packed(value, 'varint'));
    else if (field === 10) loose.push(...packed(value, 'double'));
    else if (field === 6) loose.push(text.decode(value));
    else if (field === 8) name = text.decode(value);
    else if (field === 9) raw = value;
  }
  const dtype = DTYPES[dtypeCode];
  if (dtype === undefined) return undefined;
  if (dtype === 'string') return { name, shape, dtype, data: loose };
  const ArrayType = RAW[dtype];
  const data =
    raw !== undefined && raw.length > 0
      ? new ArrayType(new Uint8Array(raw).buffer)
      : ArrayType.from(loose, dtype === 'int64' || dtype === 'uint64' ? BigInt : Number);
  return { name, shape, dtype, data };
}
