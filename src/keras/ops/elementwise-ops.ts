import type { DType } from '../../spec/tensor.ts';
import type { Value } from '../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../graph/arithmetic.ts';
import { cast } from '../graph/cast.ts';
import { isFloat } from '../graph/compute-type.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import { broadcastShape } from '../layers/broadcast-shape.ts';
import { ELEMENTWISE_FUNCTIONS, type Parameters } from '../layers/activation-functions.ts';
import { AXIS_FUNCTIONS } from '../layers/axis-functions.ts';
import type { OpArguments } from './op-arguments.ts';
import { type Operation, operation } from './operation.ts';

type Binary = (m: Arithmetic, x: Value, y: Value) => Value;

/** Operations value by value. */
export const ELEMENTWISE_OPS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['add', arithmetic((m, x, y) => m.add(x, y))],
  ['subtract', arithmetic((m, x, y) => m.sub(x, y))],
  ['multiply', arithmetic((m, x, y) => m.mul(x, y))],
  ['divide', arithmetic((m, x, y) => m.div(x, y), 'float')],
  ['divide_no_nan', arithmetic((m, x, y) => m.where(m.compare('Equal', y, 0), 0, m.div(x, y)), 'float')],
  ['floor_divide', arithmetic((m, x, y) => m.op('Floor', [m.div(x, y)]), 'float only')],
  ['power', arithmetic((m, x, y) => m.op('Pow', [x, y]), 'float only')],
  ['maximum', arithmetic((m, x, y) => m.op('Max', [x, y]))],
  ['minimum', arithmetic((m, x, y) => m.op('Min', [x, y]))],
  ['squared_difference', arithmetic((m, x, y) => m.mul(m.sub(x, y), m.sub(x, y)))],
  ['equal', comparison((m, x, y) => m.compare('Equal', x, y))],
  ['not_equal', comparison((m, x, y) => m.g.op('Not', [m.compare('Equal', x, y)], {}, { dtype: 'bool' }))],
  ['greater', comparison((m, x, y) => m.compare('Greater', x, y))],
  ['greater_equal', comparison((m, x, y) => m.compare('GreaterOrEqual', x, y))],
  ['less', comparison((m, x, y) => m.compare('Less', x, y))],
  ['less_equal', comparison((m, x, y) => m.compare('LessOrEqual', x, y))],
  ...['And', 'Or', 'Xor'].map((name) => [`logical_${name.toLowerCase()}`, logical(name)] as const),
  ['logical_not', operation('x', (a) => cast(a.g, a.tensor('x'), 'bool').map((x) => a.g.op('Not', [x])))],
  ['where', operation('condition x y', where)],
  ['clip', operation('x low high', clip)],
  ['cast', operation('x dtype', (a) => cast(a.g, a.tensor('x'), a.dtype('dtype') ?? 'float32'))],
  ['identity', operation('x', (a) => a.tensor('x'))],
  ...['Abs', 'Neg', 'Sign'].map((name) => [name.toLowerCase(), unary((m, x) => m.op(name, [x]))] as const),
  ...[
    'Exp',
    'Log',
    'Sqrt',
    'Sin',
    'Cos',
    'Tan',
    'Asin',
    'Acos',
    'Atan',
    'Sinh',
    'Cosh',
    'Floor',
    'Ceil',
    'Round',
    'Erf',
    'Reciprocal',
  ].map((name) => [name.toLowerCase(), unary((m, x) => m.op(name, [x]), true)] as const),
  ['log1p', unary((m, x) => m.op('Log', [m.add(x, 1)]), true)],
  ['expm1', unary((m, x) => m.sub(m.op('Exp', [x]), 1), true)],
  ['rsqrt', unary((m, x) => m.div(1, m.op('Sqrt', [x])), true)],
  ['square', unary((m, x) => m.mul(x, x))],
  ['is_nan', operation('x', (a) => a.tensor('x').map((x) => a.g.op('IsNaN', [x], {}, { dtype: 'bool' }), 'bool'))],
  ...[...ELEMENTWISE_FUNCTIONS].map(
    ([name, { defaults }]) => [name, activation(name, Object.keys(defaults ?? {}))] as const,
  ),
  ...[...AXIS_FUNCTIONS].map(
    ([name, write]) => [name, operation('x axis', (a) => write(a.g, a.tensor('x'), a.number('axis', -1)))] as const,
  ),
]);

function unary(write: (m: Arithmetic, x: Value) => Value, float = false): Operation {
  return operation('x', (a) => {
    const given = a.tensor('x');
    const x = float && !isFloat(given.dtype) ? cast(a.g, given, 'float32') : given;
    return x.map((value) => write(new Arithmetic(a.g, x.dtype), value));
  });
}

function activation(name: string, parameters: readonly string[]): Operation {
  return operation(['x', ...parameters].join(' '), (a) => {
    const found = ELEMENTWISE_FUNCTIONS.get(name);
    const x = a.tensor('x');
    if (found === undefined) throw a.unsupported(`is ${name}`);
    const given = Object.fromEntries(
      Object.entries(found.defaults ?? {}).map(([key, fallback]) => [key, a.constant(key) ?? fallback] as const),
    ) as Parameters;
    return x.map((value) => found.write(new Arithmetic(a.g, x.dtype), value, given, a.generation));
  });
}

/** Operands of one type: whole numbers meet floats as floats. */
function common(a: OpArguments, x: KerasTensor, y: KerasTensor): readonly [KerasTensor, KerasTensor] {
  if (x.dtype === y.dtype) return [x, y];
  const dtype = commonType(x.dtype, y.dtype);
  if (dtype === undefined) throw a.unsupported(`combines ${x.dtype} and ${y.dtype}`);
  return [cast(a.g, x, dtype), cast(a.g, y, dtype)];
}

function commonType(a: DType, b: DType): DType | undefined {
  const order: readonly DType[] = ['bool', 'uint8', 'int32', 'int64', 'float32', 'float64'];
  const [i, j] = [order.indexOf(a), order.indexOf(b)];
  return i < 0 || j < 0 ? undefined : order[Math.max(i, j)];
}

function arithmetic(write: Binary, floats: 'float' | 'float only' | 'any' = 'any'): Operation {
  return operation('x y', (a) => {
    const [first, second] = a.pair('x', 'y');
    let [x, y] = common(a, first, second);
    if (!isFloat(x.dtype)) {
      if (floats === 'float only') throw a.unsupported(`computes with ${x.dtype}`);
      // TensorFlow divides whole numbers as float64, Keras 3 as float32.
      if (floats === 'float')
        [x, y] = [x, y].map((t) => cast(a.g, t, a.generation === 2 ? 'float64' : 'float32')) as [
          KerasTensor,
          KerasTensor,
        ];
    }
    return combine(a, [x, y], (u, v) => write(new Arithmetic(a.g, x.dtype), u, v), x.dtype);
  });
}

function comparison(write: Binary): Operation {
  return operation('x y', (a) => {
    const [first, second] = a.pair('x', 'y');
    const [x, y] = common(a, first, second);
    return combine(a, [x, y], (u, v) => write(new Arithmetic(a.g, x.dtype), u, v), 'bool');
  });
}

function logical(name: string): Operation {
  return operation('x y', (a) => {
    const [x, y] = a.pair('x', 'y').map((t) => cast(a.g, t, 'bool')) as [KerasTensor, KerasTensor];
    return combine(a, [x, y], (u, v) => a.g.op(name, [u, v], {}, { dtype: 'bool' }), 'bool');
  });
}

/** Two tensors by numpy's broadcasting; a single number keeps the form that the other one has. */
function combine(
  a: OpArguments,
  [x, y]: readonly [KerasTensor, KerasTensor],
  write: (x: Value, y: Value) => Value,
  dtype: DType,
): KerasTensor {
  if (y.rank === 0) return x.map((value) => write(value, y.plain()), dtype);
  if (x.rank === 0) return y.map((value) => write(x.plain(), value), dtype);
  const shape = broadcastShape([x.shape, y.shape], a.config);
  if (x.rank === y.rank && (x.prefersChannelsFirst || y.prefersChannelsFirst)) {
    return KerasTensor.channelsFirst(a.g, write(x.channelsFirst(), y.channelsFirst()), { shape, dtype });
  }
  return KerasTensor.of(a.g, write(x.plain(), y.plain()), { shape, dtype });
}

function where(a: OpArguments): KerasTensor {
  const condition = cast(a.g, a.tensor('condition'), 'bool');
  const [first, second] = a.pair('x', 'y');
  const [x, y] = common(a, first, second);
  const shape = broadcastShape([condition.shape, x.shape, y.shape], a.config);
  const value = a.g.op('Where', [condition.plain(), x.plain(), y.plain()], {}, { dtype: x.dtype });
  return KerasTensor.of(a.g, value, { shape, dtype: x.dtype });
}

function clip(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const m = new Arithmetic(a.g, x.dtype);
  return x.map((value) => m.op('Min', [m.op('Max', [value, a.number('low', -Infinity)]), a.number('high', Infinity)]));
}
