import * as fc from 'fast-check';
import { halfToNumber, bfloat16ToNumber } from '../../src/data/half.ts';
import type { Datatype } from '../../src/protocol/datatype.ts';
import type { NamedTensor } from '../../src/protocol/messages.ts';
import { receivedTensor } from '../../src/protocol/named-tensor.ts';
import type { TensorData } from '../../src/spec/tensor.ts';

const float = (): fc.Arbitrary<number> => fc.double({ noDefaultInfinity: false, noNaN: false });

/** Elements of each type, the uncommon ones too. */
const ELEMENTS: Record<Datatype, (count: number) => fc.Arbitrary<TensorData>> = {
  BOOL: (n) => fc.array(fc.boolean(), exactly(n)),
  UINT8: (n) => integers(n, 0, 255).map((v) => Uint8Array.from(v)),
  UINT16: (n) => integers(n, 0, 65_535).map((v) => Uint16Array.from(v)),
  UINT32: (n) => integers(n, 0, 2 ** 32 - 1).map((v) => Uint32Array.from(v)),
  INT8: (n) => integers(n, -128, 127).map((v) => Int8Array.from(v)),
  INT16: (n) => integers(n, -32_768, 32_767).map((v) => Int16Array.from(v)),
  INT32: (n) => integers(n, -(2 ** 31), 2 ** 31 - 1).map((v) => Int32Array.from(v)),
  INT64: (n) =>
    fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), exactly(n)).map((v) => BigInt64Array.from(v)),
  UINT64: (n) => fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), exactly(n)).map((v) => BigUint64Array.from(v)),
  FP64: (n) => fc.array(float(), exactly(n)).map((v) => Float64Array.from(v)),
  FP32: (n) => fc.array(float(), exactly(n)).map((v) => Float32Array.from(v)),
  FP16: (n) => integers(n, 0, 65_535).map((v) => Float32Array.from(v, halfToNumber)),
  BF16: (n) => integers(n, 0, 65_535).map((v) => Float32Array.from(v, bfloat16ToNumber)),
  BYTES: (n) => fc.array(fc.string({ unit: 'binary' }), exactly(n)),
};

export const DATATYPES = Object.keys(ELEMENTS) as readonly Datatype[];

function exactly(n: number): { minLength: number; maxLength: number } {
  return { minLength: n, maxLength: n };
}

function integers(n: number, min: number, max: number): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min, max }), exactly(n));
}

/** Tensors of any type and of up to three dimensions. */
export const anyTensor: fc.Arbitrary<NamedTensor> = fc
  .record({
    datatype: fc.constantFrom(...DATATYPES),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    name: fc.string({ minLength: 1 }),
  })
  .chain(({ datatype, shape, name }) => {
    const count = shape.reduce((a, b) => a * b, 1);
    return ELEMENTS[datatype](count).map((data) => receivedTensor({ name, datatype, shape, parameters: {} }, data));
  });

/** What a tensor says, in values that can be compared; JSON has no negative zero. */
export function plain({ name, datatype, shape, data, dtype }: NamedTensor): object {
  return {
    name,
    datatype,
    dtype,
    shape: [...shape],
    data: Array.from(data as ArrayLike<unknown>, (v) => (v === 0 ? 0 : v)),
  };
}
