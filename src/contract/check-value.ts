import { describe } from '../data/rows.ts';
import type { ContractFeature } from '../spec/input-contract.ts';
import type { Label } from '../spec/model.ts';

/** A feature in the form in which it is checked, compiled once. */
export interface ValueCheck {
  readonly feature: ContractFeature;
  /** Whether a value is as it has to be. */
  fits(value: unknown): boolean;
}

export function valueCheck(feature: ContractFeature): ValueCheck {
  const { type, nullable, values, min = -Infinity, max = Infinity } = feature;
  const known = values && new Set(values.map(comparable));
  const ofType = TYPES[type];
  const bounded = min !== -Infinity || max !== Infinity;
  const rest = (value: unknown): boolean => {
    if (value === null || value === undefined || Number.isNaN(value)) return nullable;
    if (!ofType(value)) return false;
    if (bounded && !(Number(value) >= min && Number(value) <= max)) return false;
    return known === undefined || known.has(comparable(value));
  };
  // What nearly every value is comes first, so that it costs one comparison.
  if (known === undefined && !bounded && (type === 'number' || type === 'any'))
    return { feature, fits: (value) => (typeof value === 'number' && !Number.isNaN(value)) || rest(value) };
  if (known === undefined && !bounded && type === 'string')
    return { feature, fits: (value) => typeof value === 'string' || rest(value) };
  return { feature, fits: rest };
}

/** What is wrong with a value that does not fit. */
export function whatIsWrong({ type, nullable, min, max, values }: ContractFeature, value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value))
    return nullable ? 'is missing' : `must not be missing, is ${String(value)}`;
  const is = `is ${describe(value)}`;
  if (!TYPES[type](value)) return `must be ${NAMES[type]}, ${is}`;
  if ((min !== undefined && Number(value) < min) || (max !== undefined && Number(value) > max)) {
    const bounds =
      min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `from ${min} to ${max}`;
    return `must be ${bounds}, ${is}`;
  }
  return `must be one of ${listed(values ?? [])}, ${is}`;
}

/** Values are equal as in Python: `1`, `1.0`, `True` and the big integer are one. */
function comparable(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return value;
}

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';

const TYPES: Readonly<Record<ContractFeature['type'], (value: unknown) => boolean>> = {
  any: () => true,
  number: isNumber,
  integer: (value) => (typeof value === 'number' ? Number.isInteger(value) : isNumber(value)),
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean' || value === 0 || value === 1,
};

const NAMES: Readonly<Record<ContractFeature['type'], string>> = {
  any: 'any value',
  number: 'a number',
  integer: 'a number without a fraction',
  string: 'text',
  boolean: 'true or false',
};

function listed(values: readonly Label[]): string {
  const shown = values.slice(0, 8).map((value) => (typeof value === 'string' ? JSON.stringify(value) : String(value)));
  return values.length > 8 ? `${shown.join(', ')} and ${values.length - 8} more` : shown.join(', ');
}
