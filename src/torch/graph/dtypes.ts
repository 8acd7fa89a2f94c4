import type { DType } from '../../spec/tensor.ts';

/** PyTorch's `ScalarType` numbers, as TorchScript writes element types. */
export const SCALAR_TYPES: readonly (string | undefined)[] = [
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'float32',
  'float64',
  'complex32',
  'complex64',
  'complex128',
  'bool',
  'qint8',
  'quint8',
  'qint32',
  'bfloat16',
  'quint4x2',
  'quint2x4',
  'bits1x8',
  'bits2x4',
  'bits4x2',
  'bits8',
  'bits16',
  'float8_e5m2',
  'float8_e4m3fn',
  'float8_e5m2fnuz',
  'float8_e4m3fnuz',
  'uint16',
  'uint32',
  'uint64',
];

/** Element types that PyTorch and JavaScript both have. */
export type TorchDType = Exclude<DType, 'string' | 'object'>;

const DTYPES: ReadonlySet<string> = new Set<TorchDType>([
  'float64',
  'float32',
  'float16',
  'bfloat16',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint64',
  'uint32',
  'uint16',
  'uint8',
  'bool',
  'complex64',
  'complex128',
]);

/** PyTorch's name of an element type as the library's, `undefined` for one that JavaScript has no tensor for. */
export function dtypeOf(name: string): TorchDType | undefined {
  return DTYPES.has(name) ? (name as TorchDType) : undefined;
}
