import { InputError } from '../../../errors/input-error.ts';
import type { TensorLike } from '../../../spec/tensor.ts';
import type { Token } from './lookup-table.ts';

/** The elements of a tensor that was fed, as tokens; numbers lose what is behind the point, as in a cast. */
export function tokensOf({ data, dtype }: TensorLike, kind: 'string' | 'integer'): readonly Token[] {
  if (kind === 'string') {
    if (dtype === 'string') return Array.from(data as ArrayLike<unknown>, String);
    throw new InputError('ML_INPUT_DTYPE', `this input takes texts, got ${dtype}`);
  }
  if (dtype === 'string') throw new InputError('ML_INPUT_DTYPE', 'this input takes whole numbers, got texts');
  return Array.from(data as ArrayLike<number | bigint | boolean>, (n) => {
    if (typeof n === 'bigint') return n;
    const whole = Math.trunc(Number(n));
    // What TensorFlow casts to the least of all whole numbers.
    return Number.isFinite(whole) && Math.abs(whole) < 2 ** 63 ? BigInt(whole) : -(2n ** 63n);
  });
}
