import type { FormatError } from '../../errors/format-error.ts';
import { shown } from '../model/layer-config.ts';
import { KerasTensor } from './keras-tensor.ts';

/** An argument of a call with its tensors: a tensor, a JSON value, or a list or record of such. */
export type ArgumentValue = KerasTensor | readonly ArgumentValue[] | ReadonlyMap<string, ArgumentValue> | JsonLeaf;

/** A constant of the file that is no list. */
export interface JsonLeaf {
  readonly constant: unknown;
}

/** The arguments of a call beside its first, by name where the file names them, else by position. */
export class CallArguments {
  static readonly none: CallArguments = new CallArguments([], new Map(), () => {
    throw new TypeError('a call without arguments was refused');
  });
  /** Positional ones after the first. */
  readonly positional: readonly ArgumentValue[];
  readonly named: ReadonlyMap<string, ArgumentValue>;
  readonly #malformed: (what: string) => FormatError;

  constructor(
    positional: readonly ArgumentValue[],
    named: ReadonlyMap<string, ArgumentValue>,
    malformed: (what: string) => FormatError,
  ) {
    this.positional = positional;
    this.named = named;
    this.#malformed = malformed;
  }

  /** By name, or by position among the arguments after the first; `undefined` where left out or `null`. */
  value(name: string, position?: number): ArgumentValue | undefined {
    const value = this.named.get(name) ?? (position === undefined ? undefined : this.positional[position]);
    return isNull(value) ? undefined : value;
  }

  /** A tensor; a constant in its place is malformed. */
  tensor(name: string, position?: number): KerasTensor | undefined {
    const value = this.value(name, position);
    if (value === undefined || value instanceof KerasTensor) return value;
    throw this.#malformed(`is called with a constant as ${name}, which must be a tensor`);
  }

  /** A tensor or a list of tensors, as a list. */
  tensors(name: string, position?: number): readonly KerasTensor[] | undefined {
    const value = this.value(name, position);
    return value === undefined ? undefined : flatTensors(value);
  }

  /** A JSON value; a tensor in its place is malformed. */
  constant(name: string, position?: number): unknown {
    const value = this.value(name, position);
    if (value === undefined) return undefined;
    const found = plainConstant(value);
    if (found !== NOT_CONSTANT) return found;
    throw this.#malformed(`is called with a tensor as ${name}, which must be a constant`);
  }

  /** Refuses `training=true`: the layer would not predict. */
  get training(): boolean {
    const value = this.constant('training');
    if (value === undefined || value === false) return false;
    if (value === true || value === 1) return true;
    throw this.#malformed(`is called with training=${shown(value)}`);
  }
}

const NOT_CONSTANT = Symbol('not constant');

function isNull(value: ArgumentValue | undefined): boolean {
  return value !== undefined && isLeaf(value) && value.constant === null;
}

function isLeaf(value: ArgumentValue): value is JsonLeaf {
  return typeof value === 'object' && 'constant' in value;
}

/** Every tensor in an argument, depth first. */
export function flatTensors(value: ArgumentValue): readonly KerasTensor[] {
  if (value instanceof KerasTensor) return [value];
  if (isLeaf(value)) return [];
  return [...value.values()].flatMap(flatTensors);
}

/** An argument without tensors as the JSON value that it was. */
export function plainConstant(value: ArgumentValue): unknown {
  if (value instanceof KerasTensor) return NOT_CONSTANT;
  if (isLeaf(value)) return value.constant;
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) => [key, plainConstant(item)] as const);
    return entries.some(([, item]) => item === NOT_CONSTANT) ? NOT_CONSTANT : new Map(entries);
  }
  const items = [...value.values()].map(plainConstant);
  return items.includes(NOT_CONSTANT) ? NOT_CONSTANT : items;
}
