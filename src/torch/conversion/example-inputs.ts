import type { DType } from '../../spec/tensor.ts';
import type { ProgramInput } from '../script/program-inputs.ts';
import type { StatedInput } from './stated-inputs.ts';

/** What a program is asked with. */
export interface Example {
  readonly inputs: readonly ExampleShape[];
  /** An extent for every name in the shapes. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** An input with the shape that it is asked with. */
export interface ExampleShape {
  readonly name: string;
  readonly dtype: DType;
  /** A name is an extent that varies. */
  readonly shape: readonly (number | string)[];
}

/** The extent of an example where it varies: one is special to programs that branch on shapes. */
const EXTENT = 2;
const ROWS = 'batch';

/**
 * What a program is asked with: what the application states, else what it was traced with, whose rows may be any number
 * where all inputs have the same. `undefined` where neither says it.
 */
export function exampleOf(
  inputs: readonly ProgramInput[],
  stated: readonly StatedInput[] | undefined,
): Example | undefined {
  if (stated !== undefined) {
    const named = stated.map(({ name, ...rest }, i) => ({ name: name ?? inputs[i]?.name, ...rest }));
    const order = named.map(({ name }, i) => name === inputs[i]?.name);
    // A required input that is not stated, or one that is not there: the load says so in its own words.
    if (order.includes(false) || inputs.slice(named.length).some(({ optional }) => !optional)) return undefined;
    const names = stated.flatMap(({ shape }) => shape.filter((extent) => typeof extent === 'string'));
    const sizes = Object.fromEntries(names.map((name) => [name, EXTENT]));
    return { inputs: named as readonly ExampleShape[], sizes };
  }
  const required = inputs.filter(({ optional }) => !optional);
  const traced = required.flatMap(({ name, traced: like }) => (like === undefined ? [] : [{ name, ...like }]));
  if (traced.length !== required.length || required.some(({ name }, i) => inputs[i]?.name !== name)) return undefined;
  const rows = new Set(traced.map(({ shape }) => shape[0]));
  const [only] = rows;
  if (rows.size !== 1 || only === undefined) return { inputs: traced, sizes: {} };
  const free = traced.map(({ name, dtype, shape }) => ({ name, dtype, shape: [ROWS, ...shape.slice(1)] }));
  return { inputs: free, sizes: { [ROWS]: only } };
}

/** The inputs with numbers alone. */
export function concreteInputs({ inputs, sizes }: Example): readonly {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}[] {
  const extent = (one: number | string): number => (typeof one === 'number' ? one : (sizes[one] ?? EXTENT));
  return inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape: shape.map(extent) }));
}
