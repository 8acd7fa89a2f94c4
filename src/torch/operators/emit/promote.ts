import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import type { DType } from '../../../spec/tensor.ts';
import type { Call, Scalar } from '../call.ts';
import { UnsupportedCall } from '../unsupported.ts';
import { cast } from './arithmetic.ts';

// Element types as PyTorch promotes them (c10/core/ScalarType, ATen/native/TypeProperties): tensors with
// dimensions decide over those without, these over Python numbers, unless the kind of number is a higher one.

/** A tensor or a Python number. */
export type Term = { readonly tensor: Value } | { readonly scalar: Scalar };

const INTEGERS: readonly DType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'];
const FLOATS: ReadonlySet<DType> = new Set<DType>(['float16', 'bfloat16', 'float32', 'float64']);

export const isFloat = (dtype: DType): boolean => FLOATS.has(dtype);
export const isInteger = (dtype: DType): boolean => INTEGERS.includes(dtype);

/** Element type of the result of two element types. */
export function promoteTypes(a: DType, b: DType): DType {
  if (a === b || b === 'bool') return a;
  if (a === 'bool') return b;
  if (isFloat(a) !== isFloat(b)) return isFloat(a) ? a : b;
  if (isFloat(a)) return a !== 'float64' && b !== 'float64' ? 'float32' : 'float64';
  const [low, high] = INTEGERS.indexOf(a) < INTEGERS.indexOf(b) ? [a, b] : [b, a];
  if (low === 'int8' && high === 'uint8') return 'int16';
  // The wider unsigned types do not mix with signed ones in PyTorch either.
  if (high.startsWith('uint')) throw new UnsupportedCall(`${a} and ${b} together`);
  return high;
}

const RANKS = ['bool', 'integer', 'float'] as const;
const rankOfType = (dtype: DType): number =>
  RANKS.indexOf(isFloat(dtype) ? 'float' : dtype === 'bool' ? 'bool' : 'integer');

function combine(higher: DType | undefined, lower: DType | undefined): DType | undefined {
  if (higher === undefined || lower === undefined) return higher ?? lower;
  return rankOfType(lower) > rankOfType(higher) ? promoteTypes(higher, lower) : higher;
}

function scalarType(scalar: Scalar): DType {
  const kind = scalar.kind === 'number' ? scalar.value.dtype : scalar.kind;
  if (kind === 'bool') return 'bool';
  return kind === 'int' || kind === 'int64' ? 'int64' : 'float32';
}

/** Element type of an operation over tensors and numbers. */
export function resultType(terms: readonly Term[]): DType {
  let tensors: DType | undefined;
  let points: DType | undefined;
  let numbers: DType | undefined;
  const join = (known: DType | undefined, dtype: DType): DType =>
    known === undefined ? dtype : promoteTypes(known, dtype);
  for (const term of terms) {
    if ('scalar' in term) numbers = join(numbers, scalarType(term.scalar));
    else if (term.tensor.shape?.length === 0) points = join(points, term.tensor.dtype);
    else tensors = join(tensors, term.tensor.dtype);
  }
  return combine(tensors, combine(points, numbers)) ?? 'float32';
}

/** A term as a value of an element type. */
export function asValue(g: GraphBuilder, term: Term, dtype: DType): Value {
  if ('tensor' in term) return cast(g, term.tensor, dtype);
  const { scalar } = term;
  if (scalar.kind === 'number') return cast(g, scalar.value, dtype);
  const { value } = scalar;
  if (isFloat(dtype)) return g.scalar(value, dtype);
  if (dtype === 'bool') return g.scalar(value !== 0, dtype);
  const whole = g.scalar(BigInt(Math.trunc(value)), 'int64');
  return dtype === 'int64' ? whole : cast(g, whole, dtype);
}

/** An argument as a term. */
export function termOf(call: Call, name: string): Term {
  const operand = call.arg(name);
  return operand.kind === 'tensor' ? { tensor: operand.value } : { scalar: call.scalar(name) };
}

/** Arguments as values of the element type that they promote to. */
export function promoted(call: Call, ...names: readonly string[]): readonly Value[] {
  const terms = names.map((name) => termOf(call, name));
  const dtype = resultType(terms);
  return terms.map((term) => asValue(call.g, term, dtype));
}

/** Two arguments as values of their common element type. */
export function pair(call: Call, a = 'self', b = 'other'): readonly [Value, Value] {
  return promoted(call, a, b) as unknown as readonly [Value, Value];
}

/** A tensor as floating point: integers become float32. */
export function asFloat(g: GraphBuilder, value: Value): Value {
  return isFloat(value.dtype) ? value : cast(g, value, 'float32');
}

/** The element type that the engine computes a small integer type in. */
export function wideInteger(dtype: DType): DType {
  if (dtype === 'uint32' || dtype === 'uint64') return 'int64';
  return isInteger(dtype) && dtype !== 'int64' ? 'int32' : dtype;
}

/** Runs `write` in an integer type that the engine has kernels for; the result wraps around as it would have. */
export function inWideInteger(
  g: GraphBuilder,
  values: readonly Value[],
  write: (...wide: readonly Value[]) => Value,
): Value {
  const dtype = (values[0] as Value).dtype;
  const wide = wideInteger(dtype);
  return cast(g, write(...values.map((value) => cast(g, value, wide))), dtype);
}
