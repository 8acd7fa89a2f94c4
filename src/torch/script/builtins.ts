import type { CodePlace } from '../../formats/torchscript/code-problem.ts';
import { SCALAR_TYPES } from '../graph/dtypes.ts';
import { dimsOf, rankOf } from '../operators/emit/shapes.ts';
import { UnsupportedCall } from '../operators/unsupported.ts';
import type { CallWriter, Passed } from './call-writer.ts';
import { CONTAINER_BUILTINS } from './container-builtins.ts';
import { cannotWrite } from './script-problem.ts';
import { bool, int, list, LOST, NONE, type ScriptValue, string } from './script-value.ts';
import { areEqual } from './sequences.ts';
import { tensorLiteral } from './tensor-literal.ts';

/** Where a builtin is called. */
export interface BuiltinCall extends Passed {
  readonly writer: CallWriter;
  readonly place: CodePlace;
}

/** What a call gives that is no operator on tensors; `undefined`: it is one after all. */
export type Builtin = (call: BuiltinCall) => ScriptValue | undefined;

/** A call of the language's own functions, on values that are known while the program is read. */
export function builtin(
  target: string,
  passed: Passed,
  context: Pick<BuiltinCall, 'writer' | 'place'>,
): ScriptValue | undefined {
  const call = BUILTINS.get(target) ?? CONTAINER_BUILTINS.get(target);
  if (call === undefined) return undefined;
  try {
    return call({ ...passed, ...context });
  } catch (error) {
    if (error instanceof UnsupportedCall) throw cannotWrite(context.place, `${target}: ${error.message}`);
    throw error;
  }
}

const is =
  (same: boolean): Builtin =>
  ({ positional: [a = NONE, b = NONE] }) => {
    if (a.kind === 'lost' || b.kind === 'lost') return LOST;
    if (a.kind === 'none' || b.kind === 'none') return bool((a.kind === b.kind) === same);
    if (a.kind === 'box' && b.kind === 'box') return bool((a.box === b.box) === same);
    return bool((areEqual(a, b) ?? a === b) === same);
  };

const equal =
  (same: boolean): Builtin =>
  ({ positional: [a = NONE, b = NONE] }) => {
    if (a.kind === 'box' || b.kind === 'box') return undefined;
    const known = areEqual(a, b);
    if (known !== undefined) return bool(known === same);
    const sequences = (a.kind === 'list' || a.kind === 'tuple') && (b.kind === 'list' || b.kind === 'tuple');
    // Lists of extents that only the graph knows: not known, and no operator compares them.
    return sequences ? { kind: 'lost' } : undefined;
  };

/** Facts about a tensor that its value in the graph knows. */
const ofTensor =
  (fact: (value: Extract<ScriptValue, { kind: 'box' }>['box']['value']) => ScriptValue): Builtin =>
  ({ positional: [tensor] }) =>
    tensor?.kind === 'box' ? fact(tensor.box.value) : tensor?.kind === 'lost' ? LOST : undefined;

const constant =
  (value: ScriptValue): Builtin =>
  () =>
    value;

/** Python's numbers out of tensors: `int(x)`. */
const number =
  (kind: 'int64' | 'float64' | 'bool'): Builtin =>
  ({ positional: [value = NONE], writer, place }) => {
    if (value.kind === 'lost') return LOST;
    const known = value.kind === 'box' ? value.box.number : value;
    if (known?.kind === 'int' || known?.kind === 'float' || known?.kind === 'bool') {
      if (kind === 'bool') return bool(Boolean(known.value));
      return kind === 'float64' ? { kind: 'float', value: Number(known.value) } : int(Math.trunc(Number(known.value)));
    }
    if (known?.kind === 'number' && known.value.dtype === kind) return known;
    const source = value.kind === 'box' ? value : known?.kind === 'number' ? writer.box(known.value) : undefined;
    if (source === undefined) {
      if (value.kind === 'string' && kind !== 'bool')
        return kind === 'int64' ? int(Number(value.value)) : { kind: 'float', value: Number(value.value) };
      return undefined;
    }
    const cast = writer.write(
      'aten::to',
      { positional: [source, int(SCALAR_TYPES.indexOf(kind))], named: new Map() },
      place,
    );
    if (cast.kind !== 'box') return cast;
    const flat = writer.write('aten::reshape', { positional: [cast, list([])], named: new Map() }, place);
    return flat.kind === 'box' ? { kind: 'number', value: flat.box.value } : flat;
  };

const toInt = number('int64');
const toFloat = number('float64');
const toBool = number('bool');

const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['aten::__is__', is(true)],
  ['aten::__isnot__', is(false)],
  ['aten::eq', equal(true)],
  ['aten::ne', equal(false)],
  [
    'aten::__not__',
    ({ positional: [value = NONE] }) =>
      value.kind === 'bool' ? bool(!value.value) : value.kind === 'lost' ? LOST : undefined,
  ],
  [
    'aten::size',
    ({ positional, writer, place }) => {
      const [tensor, dim] = positional;
      if (tensor?.kind !== 'box' || dim !== undefined) return undefined;
      if (tensor.box.value.shape === undefined) throw cannotWrite(place, 'the number of dimensions is not known');
      return list(
        dimsOf(writer.g, tensor.box.value).map((extent) => (typeof extent === 'number' ? int(extent) : extent)),
      );
    },
  ],
  ['aten::tensor', tensorLiteral],
  ['prim::shape', (call) => BUILTINS.get('aten::size')?.(call)],
  ['aten::dim', ofTensor((value) => int(rankOf(value)))],
  ['prim::ndim', ofTensor((value) => int(rankOf(value)))],
  ['prim::dtype', ofTensor(({ dtype }) => int(SCALAR_TYPES.indexOf(dtype)))],
  ['aten::is_floating_point', ofTensor(({ dtype }) => bool(/float/.test(dtype)))],
  ['aten::is_complex', ofTensor(() => bool(false))],
  ['prim::device', constant({ kind: 'placement', value: 'cpu' })],
  ['aten::device', constant({ kind: 'placement', value: 'cpu' })],
  ['prim::type', constant(string('cpu'))],
  ['prim::layout', constant(int(0))],
  ['prim::is_cuda', constant(bool(false))],
  ['prim::is_nested', constant(bool(false))],
  ['prim::is_sparse', constant(bool(false))],
  ['prim::is_quantized', constant(bool(false))],
  ['prim::is_mkldnn', constant(bool(false))],
  ['prim::is_mps', constant(bool(false))],
  ['prim::is_xpu', constant(bool(false))],
  // As in training: the ordinary way through a module, not one that is only for inference.
  ['prim::requires_grad', constant(bool(true))],
  ['aten::is_grad_enabled', constant(bool(true))],
  ['aten::requires_grad', constant(bool(true))],
  ['aten::is_autocast_enabled', constant(bool(false))],
  ['aten::is_autocast_cpu_enabled', constant(bool(false))],
  ['aten::is_scripting', constant(bool(true))],
  ['aten::warn', constant(NONE)],
  ['aten::set_grad_enabled', constant(NONE)],
  ['prim::Print', constant(NONE)],
  ['python::print', constant(NONE)],
  ['python::int', toInt],
  ['aten::Int', toInt],
  ['aten::IntImplicit', toInt],
  ['python::float', toFloat],
  ['aten::Float', toFloat],
  ['aten::FloatImplicit', toFloat],
  ['python::bool', toBool],
  ['aten::Bool', toBool],
  ['aten::ScalarImplicit', (call) => implicit(call)],
  ['aten::item', (call) => implicit(call)],
  ['python::number', (call) => implicit(call)],
  [
    'prim::RaiseException',
    ({ positional: [message], place }) => {
      throw cannotWrite(
        place,
        `the program always fails here${message?.kind === 'string' ? `: ${message.value}` : ''}`,
      );
    },
  ],
]);

/** The number that a tensor of one element holds, in its own type. */
function implicit(call: BuiltinCall): ScriptValue | undefined {
  const [value] = call.positional;
  if (value?.kind !== 'box') return value?.kind === 'lost' ? LOST : value;
  const { number: known } = value.box;
  if (known !== undefined && known.kind !== 'list' && known.kind !== 'tensor') return known;
  const { dtype } = value.box.value;
  if (dtype === 'bool') return toBool(call);
  return /float/.test(dtype) ? toFloat(call) : toInt(call);
}
