import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import type { PyDict } from '../../formats/pickle/py-dict.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { labelOf } from '../base/labels.ts';

/** A function of one value. */
export type ElementFunction = (value: number) => number;

/** To the nearest integer, halves to the even one, as C's rint. */
function rint(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

const RADIANS = Math.PI / 180;

const NUMPY: ReadonlyMap<string, ElementFunction> = new Map<string, ElementFunction>([
  ['abs', Math.abs],
  ['absolute', Math.abs],
  ['fabs', Math.abs],
  ['sqrt', Math.sqrt],
  ['cbrt', Math.cbrt],
  ['square', (x) => x * x],
  ['reciprocal', (x) => 1 / x],
  ['exp', Math.exp],
  ['exp2', (x) => 2 ** x],
  ['expm1', Math.expm1],
  ['log', Math.log],
  ['log2', Math.log2],
  ['log10', Math.log10],
  ['log1p', Math.log1p],
  ['negative', (x) => -x],
  ['positive', (x) => x],
  ['sign', Math.sign],
  ['floor', Math.floor],
  ['ceil', Math.ceil],
  ['trunc', Math.trunc],
  ['fix', Math.trunc],
  ['rint', rint],
  ['sin', Math.sin],
  ['cos', Math.cos],
  ['tan', Math.tan],
  ['arcsin', Math.asin],
  ['arccos', Math.acos],
  ['arctan', Math.atan],
  ['sinh', Math.sinh],
  ['cosh', Math.cosh],
  ['tanh', Math.tanh],
  ['arcsinh', Math.asinh],
  ['arccosh', Math.acosh],
  ['arctanh', Math.atanh],
  ['deg2rad', (x) => x * RADIANS],
  ['radians', (x) => x * RADIANS],
  ['rad2deg', (x) => x / RADIANS],
  ['degrees', (x) => x / RADIANS],
  ['isnan', (x) => Number(Number.isNaN(x))],
  ['isfinite', (x) => Number(Number.isFinite(x))],
  ['isinf', (x) => Number(Math.abs(x) === Number.POSITIVE_INFINITY)],
  ['asarray', (x) => x],
  ['array', (x) => x],
  ['copy', (x) => x],
]);

const SCIPY: ReadonlyMap<string, ElementFunction> = new Map<string, ElementFunction>([
  ['expit', (x) => 1 / (1 + Math.exp(-x))],
  ['logit', (x) => Math.log(x / (1 - x))],
  ['log1p', Math.log1p],
  ['expm1', Math.expm1],
]);

/** Functions with arguments, as `kw_args` gives them. */
const WITH_ARGUMENTS: ReadonlyMap<string, (args: Arguments) => ElementFunction> = new Map([
  ['clip', clip],
  ['round', round],
  ['around', round],
  ['round_', round],
  ['nan_to_num', nanToNum],
]);

/**
 * The function of one value that a file names in `func` or `inverse_func`, with its `kw_args`;
 * `undefined` for None, which leaves values as they are.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` naming a function that is not known; nothing of the file is ever called
 */
export function elementFunction(state: EstimatorState, attribute: string, kwArgs: string): ElementFunction | undefined {
  const value = state.get(attribute);
  if (value === null || value === undefined) return undefined;
  if (!isNode(value) || value.kind !== 'global') {
    throw state.unsupported(`a function of its own in "${attribute}"`);
  }
  if (value.path === 'sklearn.preprocessing._function_transformer._identity') return undefined;
  const [root] = value.module.split('.');
  const args = argumentsOf(state, kwArgs);
  const withArguments = root === 'numpy' ? WITH_ARGUMENTS.get(value.name) : undefined;
  if (withArguments !== undefined) {
    const build = withArguments(args);
    args.end(value.path);
    return build;
  }
  const plain =
    root === 'numpy'
      ? NUMPY.get(value.name)
      : value.module.startsWith('scipy.special')
        ? SCIPY.get(value.name)
        : undefined;
  if (plain === undefined) throw state.unsupported(`the function ${value.path}`, { function: value.path });
  args.end(value.path);
  return plain;
}

/** Numbers by name; what is not asked for is refused in the end. */
interface Arguments {
  take(...names: readonly string[]): number | undefined;
  end(path: string): void;
}

function argumentsOf(state: EstimatorState, attribute: string): Arguments {
  const value: PyValue | undefined = state.get(attribute);
  const dict: PyDict | undefined = isNode(value) && value.kind === 'dict' ? value : undefined;
  const left = new Set(dict?.keys());
  return {
    take(...names) {
      const name = names.find((candidate) => left.has(candidate));
      if (name === undefined) return undefined;
      left.delete(name);
      const given = labelOf(dict?.get(name) ?? null);
      if (given === null) return undefined;
      if (typeof given === 'number' || typeof given === 'boolean') return Number(given);
      throw state.unsupported(`${attribute} with a ${name} that is no number`);
    },
    end(path) {
      // Where the result is written to does not change it.
      left.delete('copy');
      if (left.size > 0) throw state.unsupported(`${path} with the arguments ${[...left].map(String).join(', ')}`);
    },
  };
}

function clip(args: Arguments): ElementFunction {
  const low = args.take('a_min', 'min') ?? Number.NEGATIVE_INFINITY;
  const high = args.take('a_max', 'max') ?? Number.POSITIVE_INFINITY;
  return (x) => (Number.isNaN(x) ? x : Math.min(Math.max(x, low), high));
}

function round(args: Arguments): ElementFunction {
  const decimals = args.take('decimals') ?? 0;
  if (decimals === 0) return rint;
  const power = 10 ** Math.abs(decimals);
  return decimals > 0 ? (x) => rint(x * power) / power : (x) => rint(x / power) * power;
}

function nanToNum(args: Arguments): ElementFunction {
  const nan = args.take('nan') ?? 0;
  const high = args.take('posinf') ?? Number.MAX_VALUE;
  const low = args.take('neginf') ?? -Number.MAX_VALUE;
  return (x) =>
    Number.isNaN(x) ? nan : x === Number.POSITIVE_INFINITY ? high : x === Number.NEGATIVE_INFINITY ? low : x;
}
