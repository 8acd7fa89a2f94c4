import { describe, expect, test } from 'vitest';
import { makeTensor } from '../../../src/formats/onnx-proto/build.ts';
import { listOf } from '../../../src/formats/onnx-proto/lazy-list.ts';
import { edited, type OnnxTensor } from '../../../src/formats/onnx-proto/onnx-model.ts';
import { readModel } from '../../../src/formats/onnx-proto/read-model.ts';
import { decodeTensor } from '../../../src/formats/onnx-proto/tensor-data.ts';
import { fixture, LIMITS } from './onnx-files.ts';

const raw = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const empty = (dataType: number, dims: readonly number[]): OnnxTensor =>
  edited(makeTensor('t', dataType, dims, new Uint8Array()), { rawData: undefined });

describe('raw_data', () => {
  test.each<[string, number, ArrayBufferView, unknown]>([
    ['float', 1, Float32Array.of(1.5, -2), Float32Array.of(1.5, -2)],
    ['uint8', 2, Uint8Array.of(1, 255), Uint8Array.of(1, 255)],
    ['int8', 3, Int8Array.of(1, -1), Int8Array.of(1, -1)],
    ['uint16', 4, Uint16Array.of(1, 65535), Uint16Array.of(1, 65535)],
    ['int16', 5, Int16Array.of(1, -1), Int16Array.of(1, -1)],
    ['int32', 6, Int32Array.of(1, -1), Int32Array.of(1, -1)],
    ['int64', 7, BigInt64Array.of(1n, -(2n ** 63n)), BigInt64Array.of(1n, -(2n ** 63n))],
    ['bool', 9, Uint8Array.of(0, 2), Uint8Array.of(0, 1)],
    ['float16', 10, Uint16Array.of(0x3c00, 0xc000), Float32Array.of(1, -2)],
    ['double', 11, Float64Array.of(0.1, -2), Float64Array.of(0.1, -2)],
    ['uint32', 12, Uint32Array.of(1, 2 ** 32 - 1), Uint32Array.of(1, 2 ** 32 - 1)],
    ['uint64', 13, BigUint64Array.of(1n, 2n ** 64n - 1n), BigUint64Array.of(1n, 2n ** 64n - 1n)],
    ['complex64', 14, Float32Array.of(1, 2, 3, 4), Float32Array.of(1, 2, 3, 4)],
    ['complex128', 15, Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 2, 3, 4)],
    ['bfloat16', 16, Uint16Array.of(0x3f80, 0xc000), Float32Array.of(1, -2)],
    ['uint4', 21, Uint8Array.of(0xf1), Uint8Array.of(1, 15)],
    ['int4', 22, Uint8Array.of(0xf1), Int8Array.of(1, -1)],
    ['uint2', 25, Uint8Array.of(0b1101), Uint8Array.of(1, 3)],
    ['int2', 26, Uint8Array.of(0b1101), Int8Array.of(1, -1)],
  ])('%s', (_, dataType, values, expected) => {
    // A byte more in front, so that the values are not aligned.
    const bytes = raw(values);
    const shifted = new Uint8Array(bytes.length + 1).subarray(1);
    shifted.set(bytes);
    const tensor = decodeTensor(makeTensor('t', dataType, [2], shifted));
    expect(tensor).toEqual({ data: expected, shape: [2], dtype: tensor.dtype });
  });

  test('an odd number of int4', () => {
    expect(decodeTensor(makeTensor('t', 22, [3], Uint8Array.of(0x21, 0x08))).data).toEqual(Int8Array.of(1, 2, -8));
  });
});

describe('typed fields', () => {
  const int32 = (dataType: number, ...values: number[]): unknown =>
    decodeTensor(edited(empty(dataType, [values.length]), { int32Data: listOf(Int32Array.from(values)) })).data;

  test('types that share int32_data', () => {
    expect(int32(6, 1, -1)).toEqual(Int32Array.of(1, -1));
    expect(int32(5, 1, -1)).toEqual(Int16Array.of(1, -1));
    expect(int32(3, 1, -1)).toEqual(Int8Array.of(1, -1));
    expect(int32(4, 1, 65535)).toEqual(Uint16Array.of(1, 65535));
    expect(int32(2, 1, 255)).toEqual(Uint8Array.of(1, 255));
    expect(int32(9, 0, 1)).toEqual(Uint8Array.of(0, 1));
    expect(int32(10, 0x3c00)).toEqual(Float32Array.of(1));
    expect(int32(16, 0x3f80)).toEqual(Float32Array.of(1));
  });

  test('int4 in int32_data: a byte, so two elements, per number', () => {
    const tensor = edited(empty(22, [3]), { int32Data: listOf(Int32Array.of(0x21, 0x08)) });
    expect(decodeTensor(tensor).data).toEqual(Int8Array.of(1, 2, -8));
  });

  test('uint32 in uint64_data, complex64 in float_data, strings', () => {
    expect(decodeTensor(edited(empty(12, [1]), { uint64Data: listOf(BigUint64Array.of(4294967295n)) })).data).toEqual(
      Uint32Array.of(4294967295),
    );
    expect(decodeTensor(edited(empty(14, [1]), { floatData: listOf(Float32Array.of(1, 2)) })).data).toEqual(
      Float32Array.of(1, 2),
    );
    expect(decodeTensor(makeTensor('t', 8, [2], ['a', 'ü'])).data).toEqual(['a', 'ü']);
  });

  test('float_data of a file', () => {
    const tensor = readModel(fixture('float_data.onnx'), LIMITS).graph?.initializers[0];
    expect(tensor?.floatData.length).toBeGreaterThan(0);
    expect(tensor && decodeTensor(tensor).data).toEqual(tensor?.floatData.values());
  });

  test('no elements, a scalar', () => {
    expect(decodeTensor(empty(1, [0, 3]))).toEqual({ data: new Float32Array(), shape: [0, 3], dtype: 'float32' });
    expect(decodeTensor(makeTensor('t', 7, [], raw(BigInt64Array.of(5n))))).toEqual({
      data: BigInt64Array.of(5n),
      shape: [],
      dtype: 'int64',
    });
    expect(decodeTensor(makeTensor('t', 8, [0], [])).data).toEqual([]);
  });
});

describe('external data', () => {
  const model = readModel(fixture('ext.onnx'), LIMITS);
  const tensor = model.graph?.initializers[0];
  const file = fixture('ext.onnx.data');

  test('is read from the file by offset and length', () => {
    const { data } = decodeTensor(tensor as OnnxTensor, new Map([['ext.onnx.data', file]]));
    expect(data).toHaveLength(2);
  });

  test('a file that is absent or too short', () => {
    expect(() => decodeTensor(tensor as OnnxTensor)).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_UNSUPPORTED' }),
    );
    expect(() => decodeTensor(tensor as OnnxTensor, new Map([['ext.onnx.data', new Uint8Array(3)]]))).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_TRUNCATED' }),
    );
  });
});

describe('refused', () => {
  test.each([17, 18, 19, 20, 23, 24])('type %i has no values here', (dataType) => {
    expect(() => decodeTensor(makeTensor('t', dataType, [0], new Uint8Array()))).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_UNSUPPORTED' }),
    );
  });

  test.each<[string, OnnxTensor]>([
    ['undefined type', makeTensor('t', 0, [1], Uint8Array.of(1))],
    ['unknown type', makeTensor('t', 99, [1], Uint8Array.of(1))],
    ['too few bytes', makeTensor('t', 1, [2], new Uint8Array(7))],
    ['too many bytes', makeTensor('t', 1, [2], new Uint8Array(12))],
    ['a negative dim', makeTensor('t', 1, [-1], new Uint8Array(4))],
    ['a product that wraps to 0 in 64 bits', makeTensor('t', 1, [2n ** 32n, 2n ** 32n], new Uint8Array())],
    ['a product that overflows before a zero', makeTensor('t', 1, [2n ** 40n, 2n ** 40n, 0n], new Uint8Array())],
    ['strings in raw_data', makeTensor('t', 8, [1], Uint8Array.of(65))],
    ['two storages', edited(makeTensor('t', 1, [1], new Uint8Array(4)), { floatData: listOf(Float32Array.of(1)) })],
    ['the wrong field', edited(empty(1, [1]), { doubleData: listOf(Float64Array.of(1)) })],
    ['half a complex number', edited(empty(14, [1]), { floatData: listOf(Float32Array.of(1)) })],
    ['a location that does not exist', edited(makeTensor('t', 1, [1], new Uint8Array(4)), { dataLocation: 2 })],
  ])('%s is malformed', (_, tensor) => {
    expect(() => decodeTensor(tensor)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
  });
});
