import { list, NONE, type Operand } from '../graph/operand.ts';
import { type Parameter, parseSignature, type Signature } from './signature.ts';

/** The arguments of a call by parameter. */
export interface Binding {
  readonly overload: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly values: ReadonlyMap<string, Operand>;
}

/** What a call passes. */
export interface Passed {
  readonly positional: readonly Operand[];
  readonly named: ReadonlyMap<string, Operand>;
}

/**
 * Binds arguments to an overload. Where the file names none, to the first that the arguments fit.
 *
 * @returns what does not fit, as text for a message, where nothing fits
 */
export function bindCall(signatures: readonly string[], overload: string, passed: Passed): Binding | string {
  const all = signatures.map(parseSignature);
  const named = all.find((signature) => signature.overload === overload);
  if (named !== undefined) return bind(named, passed, false);
  if (overload !== '') return `overload ${overload} is not known (known: ${all.map((s) => s.overload).join(', ')})`;
  let problem = 'no overload fits the arguments';
  for (const signature of all) {
    const binding = bind(signature, passed, true);
    if (typeof binding !== 'string') return binding;
    if (all.length === 1) problem = binding;
  }
  return problem;
}

function bind({ overload, parameters }: Signature, { positional, named }: Passed, strict: boolean): Binding | string {
  // A parameter after the star is given by name alone: that is how overloads of different lengths are told apart.
  const most = parameters.filter((parameter) => !parameter.named).length;
  if (positional.length > most) return `${positional.length} arguments, at most ${most}`;
  const values = new Map<string, Operand>();
  for (const [i, parameter] of parameters.entries()) {
    const given = positional[i] ?? named.get(parameter.name);
    if (given !== undefined) {
      if (strict && !accepts(parameter.type, given)) return `argument ${parameter.name} is no ${parameter.type}`;
      values.set(parameter.name, given);
    } else if (parameter.fallback !== undefined) values.set(parameter.name, parseDefault(parameter.fallback));
    else if (parameter.type.endsWith('?')) values.set(parameter.name, NONE);
    else return `argument ${parameter.name} is missing`;
  }
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const strange = [...named.keys()].find((name) => !byName.has(name));
  return strange === undefined ? { overload, parameters: byName, values } : `argument ${strange} is not known`;
}

const INTS = /^(?:Sym)?[Ii]nt$/;
const LISTS = /^(.*)\[(\d*)\]$/;

/** Whether an argument may be passed for a parameter of a type. */
function accepts(type: string, operand: Operand): boolean {
  if (type.endsWith('?')) return operand.kind === 'none' || accepts(type.slice(0, -1), operand);
  const many = LISTS.exec(type);
  if (many !== null) {
    const [, element = '', length] = many;
    if (operand.kind === 'list') return operand.items.every((item) => accepts(element, item));
    return length !== '' && !element.startsWith('Tensor') && accepts(element, operand);
  }
  if (INTS.test(type)) return operand.kind === 'int' || isNumber(operand, 'int64');
  switch (type) {
    case 'Tensor':
      return operand.kind === 'tensor';
    case 'float':
      return operand.kind === 'float' || operand.kind === 'int' || isNumber(operand, 'float64');
    case 'bool':
      return operand.kind === 'bool' || isNumber(operand, 'bool');
    case 'Scalar':
    case 'number':
      return ['int', 'float', 'bool', 'number', 'complex'].includes(operand.kind);
    case 'str':
      return operand.kind === 'string';
    case 'ScalarType':
      return operand.kind === 'dtype' || operand.kind === 'int';
    case 'Device':
      return operand.kind === 'placement' || operand.kind === 'string';
    case 'Layout':
    case 'MemoryFormat':
      return operand.kind === 'placement' || operand.kind === 'int';
    default:
      return type === 't' || type === 'Any' || operand.kind === 'placement';
  }
}

function isNumber(operand: Operand, dtype: string): boolean {
  return operand.kind === 'number' && operand.value.dtype === dtype;
}

const constants = new Map<string, Operand>();

/** A default of the generated table. */
function parseDefault(text: string): Operand {
  const known = constants.get(text);
  if (known !== undefined) return known;
  const value = readDefault(text);
  constants.set(text, value);
  return value;
}

function readDefault(text: string): Operand {
  if (text === 'None') return NONE;
  if (text === 'True' || text === 'False') return { kind: 'bool', value: text === 'True' };
  if (text.startsWith('[')) {
    const items = text.slice(1, -1).split(',').filter(Boolean);
    return list(items.map((item) => readDefault(item.trim())));
  }
  if (/^-?\d+$/.test(text)) return { kind: 'int', value: Number(text) };
  if (/^-?[\d.]/.test(text)) return { kind: 'float', value: Number(text) };
  const quoted = /^["'](.*)["']$/.exec(text);
  return { kind: quoted === null ? 'placement' : 'string', value: quoted?.[1] ?? text };
}
