import { ProtocolError } from '../errors/protocol-error.ts';
import type { DType } from '../spec/tensor.ts';

/** Element types by the names that the protocol gives them. BF16 is Triton's addition. */
export type Datatype =
  | 'BOOL'
  | 'UINT8'
  | 'UINT16'
  | 'UINT32'
  | 'UINT64'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'FP16'
  | 'BF16'
  | 'FP32'
  | 'FP64'
  | 'BYTES';

const DTYPES = new Map<string, DType>([
  ['BOOL', 'bool'],
  ['UINT8', 'uint8'],
  ['UINT16', 'uint16'],
  ['UINT32', 'uint32'],
  ['UINT64', 'uint64'],
  ['INT8', 'int8'],
  ['INT16', 'int16'],
  ['INT32', 'int32'],
  ['INT64', 'int64'],
  ['FP16', 'float16'],
  ['BF16', 'bfloat16'],
  ['FP32', 'float32'],
  ['FP64', 'float64'],
  ['BYTES', 'string'],
]);

const DATATYPES = new Map<DType, Datatype>([
  ...Array.from(DTYPES, ([datatype, dtype]) => [dtype, datatype as Datatype] as const),
  ['object', 'BYTES'],
]);

/** The library's name of an element type of the protocol; `undefined` for a name that it does not have. */
export function dtypeOf(datatype: unknown): DType | undefined {
  return typeof datatype === 'string' ? DTYPES.get(datatype) : undefined;
}

/** The protocol's name of an element type; `undefined` for complex numbers, which it does not have. */
export function datatypeOf(dtype: DType): Datatype | undefined {
  return DATATYPES.get(dtype);
}

/** @throws `ML_PROTOCOL_MALFORMED`. `what` names the tensor in the message, e.g. `input "x"`. */
export function checkDatatype(value: unknown, what: string): Datatype {
  if (dtypeOf(value) !== undefined) return value as Datatype;
  throw new ProtocolError(
    'ML_PROTOCOL_MALFORMED',
    `the datatype of ${what} must be one of ${[...DTYPES.keys()].join(', ')}, got ${JSON.stringify(value) ?? 'none'}`,
    { details: { datatype: value } },
  );
}
