import { ContractError } from '../errors/contract-error.ts';
import { arrayOf, boolean, checked, custom, number, objectOf, oneOf, optional, recordOf } from '../internal/shape.ts';
import type { InputFeature } from '../spec/input-contract.ts';

const finite = optional(number('a finite number'));
const isValue = (v: unknown): boolean => typeof v === 'string' || typeof v === 'boolean' || Number.isFinite(v);
const fields = objectOf(
  {
    type: optional(oneOf(['number', 'integer', 'string', 'boolean'])),
    min: finite,
    max: finite,
    nullable: optional(boolean('a boolean')),
    enum: optional(
      checked(
        arrayOf(custom(isValue, 'text, a number or a boolean'), 'an array of values'),
        ({ length }: unknown[]) => length > 0,
        'an array of at least one value',
      ),
    ),
  },
  'an object { type?, min?, max?, nullable?, enum? }',
);
const ofNumbers = checked(
  fields,
  ({ type, min, max }: InputFeature) =>
    (min === undefined && max === undefined) || type === 'number' || type === 'integer',
  "of type 'number' or 'integer' to have min or max",
);
const feature = checked(
  ofNumbers,
  ({ min = -Infinity, max = Infinity }: InputFeature) => min <= max,
  'an object whose min is not above its max',
);
const schema = recordOf(feature, 'an object of features by name');

/**
 * The `input_schema` of metadata. What cannot be understood is refused as a whole: a rule that is passed over is one that
 * somebody relies on.
 *
 * @throws `ML_CONTRACT_INVALID` naming the field
 */
export function readInputSchema(given: unknown): ReadonlyMap<string, InputFeature> {
  if (given === undefined) return new Map();
  const issue = schema(given);
  if (issue === undefined) return new Map(Object.entries(given as Record<string, InputFeature>));
  const path = ['input_schema', ...issue.path].join('.');
  const what = issue.must === undefined ? 'is no field that is known' : `must be ${issue.must}`;
  throw new ContractError('ML_CONTRACT_INVALID', `${path} in the metadata ${what}`, { details: { path } });
}
