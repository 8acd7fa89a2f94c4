import { describe } from '../data/rows.ts';
import { ProtocolError } from '../errors/protocol-error.ts';
import type { DType, TensorData, TensorLike } from '../spec/tensor.ts';

/** What a value is, as columns and labels tell values apart. */
type Kind = 'number' | 'bigint' | 'boolean' | 'string' | 'missing';

/** How a list of plain values becomes a tensor. */
export interface ColumnOptions {
  readonly shape: readonly number[];
  /** Whole numbers as `int64`: right for class labels, which Python had as integers. Default: `float64`. */
  readonly integers?: boolean;
  /** For messages, e.g. `column "age"`. */
  readonly what: string;
}

/**
 * Plain values of one kind as a tensor: numbers (missing ones NaN), integers beyond 2^53, booleans or texts.
 *
 * @throws `ML_PROTOCOL_UNSUPPORTED` where the protocol has no type that holds all of them
 */
export function columnTensor(values: ArrayLike<unknown>, { shape, integers = false, what }: ColumnOptions): TensorLike {
  const kinds = new Set<Kind>();
  let whole = true;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const kind = kindOf(value);
    if (kind === undefined) throw unsupported(what, `value ${i} is ${describe(value)}`);
    kinds.add(kind);
    whole &&= kind !== 'number' || Number.isSafeInteger(value);
  }
  const missing = kinds.delete('missing');
  const make = (dtype: DType, data: TensorData): TensorLike => ({ dtype, data, shape });
  if (kinds.size === 0 || (kinds.size === 1 && kinds.has('number'))) {
    if (integers && whole && !missing && values.length > 0)
      return make(
        'int64',
        BigInt64Array.from(values as ArrayLike<number>, (value) => BigInt(value)),
      );
    return make(
      'float64',
      Float64Array.from(values, (value) => (value as number | undefined | null) ?? Number.NaN),
    );
  }
  if (kinds.has('string') && kinds.size === 1)
    return make(
      missing ? 'object' : 'string',
      Array.from(values, (value) => value ?? null),
    );
  if (missing) throw unsupported(what, `some of its ${[...kinds].map((kind) => `${kind}s`).join(' and ')} are missing`);
  if (kinds.size === 1 && kinds.has('boolean')) return make('bool', Array.from(values));
  if (kinds.has('bigint') && (kinds.size === 1 || (whole && kinds.size === 2 && kinds.has('number'))))
    return make('int64', longs(values, what));
  throw unsupported(what, `it mixes ${[...kinds].map((kind) => `${kind}s`).join(' and ')}`);
}

function kindOf(value: unknown): Kind | undefined {
  if (value === null || value === undefined) return 'missing';
  const type = typeof value;
  return type === 'number' || type === 'bigint' || type === 'boolean' || type === 'string' ? type : undefined;
}

function longs(values: ArrayLike<unknown>, what: string): BigInt64Array {
  const out = new BigInt64Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const value = BigInt(values[i] as number | bigint);
    if (BigInt.asIntN(64, value) !== value) throw unsupported(what, `value ${i} has more than 64 bits`);
    out[i] = value;
  }
  return out;
}

function unsupported(what: string, why: string): ProtocolError {
  return new ProtocolError(
    'ML_PROTOCOL_UNSUPPORTED',
    `${what} cannot be sent by the Open Inference Protocol: ${why}; a tensor holds numbers, booleans or texts`,
  );
}
