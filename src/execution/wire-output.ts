import { isTensor } from '../data/rows.ts';
import type { TensorData } from '../spec/tensor.ts';
import { copyBytes, ownBytes } from './own-bytes.ts';

/** From this size on, handing memory over costs less than copying it a second time. */
const TRANSFER_BYTES = 64 * 1024;

/**
 * A result as it may be sent: tensors as plain data, views in buffers of their own. Large ones are copied once and
 * handed over; never the model's own memory, which it may need again.
 *
 * @param transfer takes the buffers to hand over
 */
export function toWireOutput(value: unknown, transfer: ArrayBuffer[]): unknown {
  if (isTensor(value)) return { data: sendableData(value.data, transfer), shape: [...value.shape], dtype: value.dtype };
  if (ArrayBuffer.isView(value)) return sendableData(value as unknown as TensorData, transfer);
  if (Array.isArray(value)) {
    // Probabilities of several outputs are a list of tensors; labels are no objects.
    return typeof value[0] === 'object' ? value.map((item) => toWireOutput(item, transfer)) : value;
  }
  if (typeof value === 'object' && value !== null) {
    if ('length' in value) return Array.from(value as ArrayLike<unknown>);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toWireOutput(item, transfer)]));
  }
  return value;
}

function sendableData(data: TensorData, transfer: ArrayBuffer[]): TensorData {
  if (!ArrayBuffer.isView(data)) return data;
  if (data.byteLength < TRANSFER_BYTES) return ownBytes(data);
  const copy = copyBytes(data);
  if (copy.buffer instanceof ArrayBuffer) transfer.push(copy.buffer);
  return copy;
}
