import type { AttributeValue } from '../../formats/onnx-proto/build.ts';
import type { OpCall, Operator, OperatorTable } from '../op-call.ts';
import type { TfTensor } from '../tf-tensor.ts';

/** Operators that ONNX has under another name or the same one. */
const DIRECT: Readonly<Record<string, string>> = {
  Abs: 'Abs',
  Acos: 'Acos',
  Acosh: 'Acosh',
  Asin: 'Asin',
  Asinh: 'Asinh',
  Atan: 'Atan',
  Atanh: 'Atanh',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  Inv: 'Reciprocal',
  Log: 'Log',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Rint: 'Round',
  // Both round halves to even.
  Round: 'Round',
  Selu: 'Selu',
  Sigmoid: 'Sigmoid',
  Sign: 'Sign',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Softplus: 'Softplus',
  Softsign: 'Softsign',
  Sqrt: 'Sqrt',
  Tan: 'Tan',
  Tanh: 'Tanh',
};

/** Operators that leave integers as they are. */
const INTEGER_IDENTITY = new Set(['Ceil', 'Floor', 'Rint', 'Round']);

/** A function of each element. */
type Formula = (call: OpCall, x: TfTensor) => TfTensor;

const one = (call: OpCall, x: TfTensor): TfTensor => call.scalar(1, x.dtype);
const op = (
  call: OpCall,
  opType: string,
  inputs: readonly TfTensor[],
  attributes?: Record<string, AttributeValue>,
): TfTensor =>
  call.write(opType, inputs, { shape: inputs[0]?.shape, ...(attributes === undefined ? {} : { attributes }) });

const COMPOSED: Readonly<Record<string, Formula>> = {
  Elu: (call, x) => op(call, 'Elu', [x], { alpha: { float: 1 } }),
  Erfc: (call, x) => {
    const erf = op(call, 'Erf', [x]);
    return call.write('Sub', [one(call, x), erf], { shape: x.shape });
  },
  Expm1: (call, x) => op(call, 'Sub', [op(call, 'Exp', [x]), one(call, x)]),
  Log1p: (call, x) => op(call, 'Log', [op(call, 'Add', [x, one(call, x)])]),
  LeakyRelu: (call, x) => op(call, 'LeakyRelu', [x], { alpha: { float: call.attrs.float('alpha', 0.2) } }),
  Relu6: (call, x) => op(call, 'Clip', [x, call.scalar(0, x.dtype), call.scalar(6, x.dtype)]),
  Rsqrt: (call, x) => op(call, 'Reciprocal', [op(call, 'Sqrt', [x])]),
  Square: (call, x) => op(call, 'Mul', [x, x]),
  IsNan: (call, x) => call.write('IsNaN', [x], { dtype: 'bool', shape: x.shape }),
  IsInf: (call, x) => call.write('IsInf', [x], { dtype: 'bool', shape: x.shape }),
  IsFinite: (call, x) => {
    const nan = call.write('IsNaN', [x], { dtype: 'bool', shape: x.shape });
    const infinite = call.write('IsInf', [x], { dtype: 'bool', shape: x.shape });
    return op(call, 'Not', [op(call, 'Or', [nan, infinite])]);
  },
  LogicalNot: (call, x) => {
    const content = x.content?.map((element) => (typeof element === 'boolean' ? !element : null));
    return call.later({ dtype: 'bool', shape: x.shape, content }, [x], () => op(call, 'Not', [x]).value);
  },
};

/**
 * Writes a function of each element by TensorFlow's name, as fused operators name them too;
 * `undefined` for an unknown name.
 */
export function unary(call: OpCall, name: string, x: TfTensor): TfTensor | undefined {
  const composed = Object.hasOwn(COMPOSED, name) ? COMPOSED[name] : undefined;
  if (composed !== undefined) return composed(call, x);
  const direct = Object.hasOwn(DIRECT, name) ? DIRECT[name] : undefined;
  if (direct === undefined) return undefined;
  return INTEGER_IDENTITY.has(name) && x.dtype.includes('int') ? x : op(call, direct, [x]);
}

const identity: Operator = (call) => call.inputs[0] ?? call.tensor(0);

export const unaryOperators: OperatorTable = {
  ...Object.fromEntries(
    [...Object.keys(DIRECT), ...Object.keys(COMPOSED)].map((name): [string, Operator] => [
      name,
      (call) => unary(call, name, call.tensor(0)) as TfTensor,
    ]),
  ),
  Identity: identity,
  Snapshot: identity,
  StopGradient: identity,
  PreventGradient: identity,
  // Messages of TensorFlow about bad numbers are no part of the result.
  CheckNumerics: identity,
  CheckNumericsV2: identity,
  PlaceholderWithDefault: identity,
  EnsureShape: identity,
  IdentityN: (call) => call.inputs,
  Const: (call) => call.constant(call.attrs.tensor('value')),
  _UnaryOpsComposition(call) {
    let x = call.tensor(0);
    for (const name of call.attrs.texts('op_names')) {
      const next = unary(call, name, x);
      if (next === undefined) throw call.unsupported(`joins ${name}, which is not known`);
      x = next;
    }
    return x;
  },
};
