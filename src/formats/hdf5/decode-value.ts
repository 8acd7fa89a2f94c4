import type { TensorData } from '../../spec/tensor.ts';
import type { Dataspace } from './dataspace.ts';
import type { Hdf5Type } from './datatype.ts';
import { decodeElements } from './decode-elements.ts';
import type { Hdf5Context } from './hdf5-context.ts';
import type { Hdf5Value } from './hdf5-file.ts';
import { tensorFormOf } from './tensor-form.ts';

/** The value of an attribute from its bytes. */
export function decodeValue(
  context: Hdf5Context,
  { type, space, bytes }: { readonly type: Hdf5Type; readonly space: Dataspace; readonly bytes: Uint8Array },
): Hdf5Value {
  const form = tensorFormOf(type);
  if (form === undefined || space.kind === 'null') return null;
  const data = decodeElements(context, form, bytes);
  const shape = [...space.shape, ...form.inner];
  if (shape.length > 0 || form.dtype.startsWith('complex')) return { data, shape, dtype: form.dtype };
  if (form.type.kind === 'sequence') {
    const values = data[0] as TensorData;
    return { data: values, shape: [values.length], dtype: tensorFormOf(form.type.element)?.dtype ?? 'object' };
  }
  return scalar(data[0], form.dtype);
}

function scalar(value: unknown, dtype: string): Hdf5Value {
  if (dtype === 'bool') return value !== 0;
  if (typeof value !== 'bigint') return value as string | number;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
