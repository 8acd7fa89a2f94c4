import { bad, type Json } from './json-proto.ts';

/** `DataType` of tensorflow/core/framework/types.proto. */
const CODES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    DT_INVALID: 0,
    DT_FLOAT: 1,
    DT_DOUBLE: 2,
    DT_INT32: 3,
    DT_UINT8: 4,
    DT_INT16: 5,
    DT_INT8: 6,
    DT_STRING: 7,
    DT_COMPLEX64: 8,
    DT_INT64: 9,
    DT_BOOL: 10,
    DT_BFLOAT16: 14,
    DT_UINT16: 17,
    DT_COMPLEX128: 18,
    DT_HALF: 19,
    DT_RESOURCE: 20,
    DT_VARIANT: 21,
    DT_UINT32: 22,
    DT_UINT64: 23,
  }),
);

/** The number of an element type, given by name or number. @throws `ML_FORMAT_MALFORMED` */
export function dataTypeCode(value: Json, what: string): number {
  if (value === undefined) return 0;
  const code = typeof value === 'number' ? value : typeof value === 'string' ? CODES.get(value) : undefined;
  if (code === undefined || !Number.isInteger(code)) throw bad(`${what} has the element type ${JSON.stringify(value)}`);
  return code;
}
