import { DenseTensor } from '../data/dense-tensor.ts';
import { isTensor } from '../data/rows.ts';

/** Nesting that is copied; what is deeper is shared. */
const MAX_DEPTH = 6;

/**
 * A copy of rows, columns, tensors or answers that its owner may change afterwards: lists, plain objects and typed arrays
 * are copied, everything else (Arrow tables, dates, instances of classes) is shared.
 */
export function copyValue<T>(value: T, depth: number = MAX_DEPTH): T {
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => copyValue(one, depth - 1)) as T;
  if (ArrayBuffer.isView(value)) return copyView(value) as T;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    // Assigning a field named `__proto__` would set the prototype instead.
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copyValue(one, depth - 1)])) as T;
  }
  return isTensor(value)
    ? (DenseTensor.from({ ...value, data: copyValue(value.data), shape: [...value.shape] }) as T)
    : value;
}

function copyView(view: ArrayBufferView): ArrayBufferView {
  // A Buffer's slice is a view of the same memory.
  if (Buffer.isBuffer(view)) return Buffer.from(view);
  return 'slice' in view && typeof view.slice === 'function' ? (view.slice() as ArrayBufferView) : view;
}
