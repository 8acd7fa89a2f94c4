import { FormatError } from '../../errors/format-error.ts';
import type { PyGlobal } from '../../formats/pickle/nodes.ts';
import type { StoredDType } from '../../spec/stored-tensor.ts';

/** Element type of each typed storage. Untyped storages hold bytes, and the tensor says what they are. */
const STORAGES: ReadonlyMap<string, StoredDType> = new Map<string, StoredDType>([
  ['DoubleStorage', 'float64'],
  ['FloatStorage', 'float32'],
  ['HalfStorage', 'float16'],
  ['BFloat16Storage', 'bfloat16'],
  ['LongStorage', 'int64'],
  ['IntStorage', 'int32'],
  ['ShortStorage', 'int16'],
  ['CharStorage', 'int8'],
  ['ByteStorage', 'uint8'],
  ['BoolStorage', 'bool'],
  ['ComplexDoubleStorage', 'complex128'],
  ['ComplexFloatStorage', 'complex64'],
  ['QInt8Storage', 'qint8'],
  ['QUInt8Storage', 'quint8'],
  ['QInt32Storage', 'qint32'],
  ['QUInt4x2Storage', 'quint4x2'],
  ['QUInt2x4Storage', 'quint2x4'],
]);

const DTYPES: ReadonlyMap<string, StoredDType> = new Map<string, StoredDType>([
  ...(
    [
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
      'complex128',
      'complex64',
      'complex32',
      'float8_e4m3fn',
      'float8_e4m3fnuz',
      'float8_e5m2',
      'float8_e5m2fnuz',
      'float8_e8m0fnu',
      'float4_e2m1fn_x2',
      'qint8',
      'quint8',
      'qint32',
      'quint4x2',
      'quint2x4',
    ] as const
  ).map((dtype): [string, StoredDType] => [dtype, dtype]),
  ['double', 'float64'],
  ['float', 'float32'],
  ['half', 'float16'],
  ['long', 'int64'],
  ['int', 'int32'],
  ['short', 'int16'],
  ['chalf', 'complex32'],
  ['cfloat', 'complex64'],
  ['cdouble', 'complex128'],
]);

/** Whether a class is a storage, and of what elements: `undefined` where it is of bytes. */
export function storageType({ module, name }: PyGlobal): { readonly dtype: StoredDType | undefined } | undefined {
  if (/^_?UntypedStorage$/.test(name) && (module === 'torch' || module === 'torch.storage')) {
    return { dtype: undefined };
  }
  const dtype = module === 'torch' ? STORAGES.get(name) : undefined;
  return dtype && { dtype };
}

/** @throws `ML_FORMAT_UNSUPPORTED` for a data type that is not known */
export function tensorType(type: PyGlobal): StoredDType {
  const dtype = type.module === 'torch' ? DTYPES.get(type.name) : undefined;
  if (dtype !== undefined) return dtype;
  throw new FormatError('ML_FORMAT_UNSUPPORTED', `a tensor is of the type ${type.path}, which is not known`, {
    details: { dtype: type.path },
  });
}
