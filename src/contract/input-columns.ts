import type { FeatureType } from '../spec/input-contract.ts';
import type { ValueInfo } from '../spec/model.ts';

/** The inputs of a model as the columns of a table. */
export interface InputColumns {
  /** `undefined` where a single input takes any number. */
  readonly width: number | undefined;
  typeAt(column: number): FeatureType | undefined;
  /** Where every one of several inputs is one column. */
  readonly names: readonly string[] | undefined;
}

/** `undefined` where the inputs are no table, or nothing is said of them. */
export function columnsOf(inputs: readonly ValueInfo[]): InputColumns | undefined {
  const [only, ...others] = inputs;
  if (only === undefined) return undefined;
  if (others.length === 0 && only.shape.length === 2 && typeof only.shape[1] !== 'number') {
    const type = typeOf(only.dtype);
    return { width: undefined, typeAt: () => type, names: undefined };
  }
  const types: (FeatureType | undefined)[] = [];
  for (const { shape, dtype } of inputs) {
    const columns = shape.length === 1 && others.length > 0 ? 1 : shape[1];
    if (shape.length > 2 || typeof columns !== 'number') return undefined;
    for (let column = 0; column < columns; column++) types.push(typeOf(dtype));
  }
  const singles = others.length > 0 && types.length === inputs.length;
  return {
    width: types.length,
    typeAt: (column) => types[column],
    names: singles ? inputs.map(({ name }) => name) : undefined,
  };
}

function typeOf(dtype: ValueInfo['dtype']): FeatureType | undefined {
  if (dtype === undefined || dtype === 'object') return undefined;
  if (dtype === 'string') return 'string';
  if (dtype === 'bool') return 'boolean';
  return /^u?int/.test(dtype) ? 'integer' : 'number';
}
