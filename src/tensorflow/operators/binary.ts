import { foldPairs, inType, numeric } from '../fold.ts';
import type { OpCall, Operator, OperatorTable } from '../op-call.ts';
import { broadcast } from '../shapes.ts';
import type { Element, TfTensor } from '../tf-tensor.ts';

/** Integers that the engine does not compute with: they are widened, and cut off afterwards as TensorFlow's wrap. */
const NARROW = /^u?int(8|16)$/;

interface BinaryParts {
  /** Writes the ONNX nodes; gets two tensors of one type that the engine computes with. */
  readonly write: (call: OpCall, a: TfTensor, b: TfTensor) => TfTensor;
  /** The same for numbers that are known at load; results are rounded to the type by the caller. */
  readonly fold?: (x: number, y: number, integer: boolean) => number | null;
  /** What a name of an extent becomes. */
  readonly symbol?: ((x: Element, y: Element) => Element | undefined) | undefined;
}

function binary({ write, fold, symbol }: BinaryParts): Operator {
  return (call) => {
    const [a, b] = [call.tensor(0), call.tensor(1)];
    if (a.dtype === 'string') throw call.unsupported('joins texts');
    const { dtype } = a;
    const shape = broadcast(a.shape, b.shape);
    const integer = dtype.includes('int');
    const combine = numeric((x, y) => {
      const result = fold === undefined ? null : fold(x, y, integer);
      return result === null ? null : inType(result, dtype);
    });
    const content =
      fold === undefined
        ? undefined
        : foldPairs(a, b, (x, y) => (integer ? symbol?.(x, y) : undefined) ?? combine(x, y));
    return call.later({ dtype, shape, content, ...sum(call, a, b) }, [a, b], () => {
      if (!NARROW.test(dtype)) return write(call, a, b).value;
      return call.cast(write(call, call.cast(a, 'int32'), call.cast(b, 'int32')), dtype).value;
    });
  };
}

/** Remembers that a tensor is another one and a number. */
function sum(call: OpCall, a: TfTensor, b: TfTensor): { readonly sumOf?: TfTensor['sumOf'] } {
  if (!/^Add(V2)?$/.test(call.node.op)) return {};
  const [added] = b.numbers ?? [];
  if (added !== undefined && b.numbers?.length === 1) return { sumOf: { base: a, added } };
  const [before] = a.numbers ?? [];
  return before !== undefined && a.numbers?.length === 1 ? { sumOf: { base: b, added: before } } : {};
}

const direct =
  (opType: string): BinaryParts['write'] =>
  (call, a, b) =>
    call.write(opType, [a, b], { shape: broadcast(a.shape, b.shape) });

const isText = (x: Element): x is string => typeof x === 'string';
const neutral =
  (value: number, both: boolean): BinaryParts['symbol'] =>
  (x, y) =>
    isText(x) && y === value ? x : both && isText(y) && x === value ? y : undefined;
const equalExtents: BinaryParts['symbol'] = (x, y) => (isText(x) && x === y ? x : undefined);

const add = binary({ write: direct('Add'), fold: (x, y) => x + y, symbol: neutral(0, true) });
const floorDivide = binary({
  write(call, a, b) {
    if (!a.dtype.includes('int'))
      return call.write('Floor', [direct('Div')(call, a, b)], { shape: broadcast(a.shape, b.shape) });
    const shape = broadcast(a.shape, b.shape);
    // ONNX divides towards zero: the exact quotient is that of the dividend less its floored remainder.
    const rest = call.write('Mod', [a, b], { shape });
    return call.write('Div', [call.write('Sub', [a, rest], { shape }), b], { shape });
  },
  fold: (x, y) => (y === 0 ? null : Math.floor(x / y)),
  symbol: neutral(1, false),
});
const truncateDivide: BinaryParts = {
  write: direct('Div'),
  fold: (x, y, integer) => (integer ? (y === 0 ? null : Math.trunc(x / y)) : x / y),
  symbol: neutral(1, false),
};

function floorMod(call: OpCall, a: TfTensor, b: TfTensor): TfTensor {
  const shape = broadcast(a.shape, b.shape);
  if (a.dtype.includes('int')) return call.write('Mod', [a, b], { shape });
  const rest = call.write('Mod', [a, b], { shape, attributes: { fmod: { int: 1 } } });
  const zero = call.scalar(0, a.dtype);
  const bool = { dtype: 'bool', shape } as const;
  const otherSign = call.write(
    'Xor',
    [call.write('Less', [rest, zero], bool), call.write('Less', [b, zero], bool)],
    bool,
  );
  const nonZero = call.write('Not', [call.write('Equal', [rest, zero], bool)], bool);
  const corrected = call.write('Add', [rest, b], { shape });
  return call.write('Where', [call.write('And', [otherSign, nonZero], bool), corrected, rest], {
    dtype: a.dtype,
    shape,
  });
}

/** Zero wherever a factor or divisor is zero, whatever the other operand is. */
const zeroWhere =
  (opType: string, which: 0 | 1): BinaryParts['write'] =>
  (call, a, b) => {
    const shape = broadcast(a.shape, b.shape);
    const zero = call.scalar(0, a.dtype);
    const isZero = call.write('Equal', [which === 0 ? a : b, zero], { dtype: 'bool', shape });
    return call.write('Where', [isZero, zero, direct(opType)(call, a, b)], { dtype: a.dtype, shape });
  };

/** `x * f(y)`, and 0 where x is 0. */
const xTimes =
  (f: (call: OpCall, y: TfTensor) => TfTensor, opType = 'Mul'): BinaryParts['write'] =>
  (call, x, y) =>
    zeroWhere(opType, 0)(call, x, f(call, y));

export const binaryOperators: OperatorTable = {
  Add: add,
  AddV2: add,
  BiasAddV1: add,
  Sub: binary({ write: direct('Sub'), fold: (x, y) => x - y, symbol: neutral(0, false) }),
  Mul: binary({ write: direct('Mul'), fold: (x, y) => x * y, symbol: neutral(1, true) }),
  RealDiv: binary({ write: direct('Div'), fold: (x, y) => x / y }),
  Div: binary(truncateDivide),
  TruncateDiv: binary(truncateDivide),
  FloorDiv: floorDivide,
  FloorMod: binary({ write: floorMod, fold: (x, y) => (y === 0 ? null : x - Math.floor(x / y) * y) }),
  Mod: binary({
    write: (call, a, b) =>
      call.write('Mod', [a, b], { shape: broadcast(a.shape, b.shape), attributes: { fmod: { int: 1 } } }),
  }),
  TruncateMod: binary({
    write: (call, a, b) =>
      call.write('Mod', [a, b], { shape: broadcast(a.shape, b.shape), attributes: { fmod: { int: 1 } } }),
  }),
  Maximum: binary({ write: direct('Max'), fold: (x, y) => Math.max(x, y), symbol: equalExtents }),
  Minimum: binary({ write: direct('Min'), fold: (x, y) => Math.min(x, y), symbol: equalExtents }),
  Pow: binary({ write: direct('Pow') }),
  SquaredDifference: binary({
    write(call, a, b) {
      const difference = direct('Sub')(call, a, b);
      return direct('Mul')(call, difference, difference);
    },
  }),
  DivNoNan: binary({ write: zeroWhere('Div', 1) }),
  MulNoNan: binary({ write: zeroWhere('Mul', 1) }),
  Xdivy: binary({ write: xTimes((_, y) => y, 'Div') }),
  Xlogy: binary({ write: xTimes((call, y) => call.write('Log', [y], { shape: y.shape })) }),
  Xlog1py: binary({
    write: xTimes((call, y) =>
      call.write('Log', [call.write('Add', [y, call.scalar(1, y.dtype)], { shape: y.shape })], { shape: y.shape }),
    ),
  }),
  AddN(call) {
    const all = call.tensors();
    return all.reduce((left, right) => direct('Add')(call, left, right));
  },
  ClipByValue(call) {
    const [x, low, high] = [call.tensor(0), call.tensor(1), call.tensor(2)];
    const above = call.write('Max', [x, low], { shape: x.shape });
    return call.write('Min', [above, high], { shape: x.shape });
  },
};
