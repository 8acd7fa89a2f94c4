import * as z from 'zod/mini';
import { ContractError } from '../errors/contract-error.ts';
import { once } from '../internal/once.ts';
import type { InputFeature } from '../spec/input-contract.ts';

const schema = once(() => {
  const finite = z.optional(z.number('a finite number'));
  const feature = z
    .strictObject(
      {
        type: z.optional(
          z.enum(['number', 'integer', 'string', 'boolean'], "'number', 'integer', 'string' or 'boolean'"),
        ),
        min: finite,
        max: finite,
        nullable: z.optional(z.boolean('a boolean')),
        enum: z.optional(
          z
            .array(z.union([z.string(), z.number(), z.boolean()]), 'an array of values')
            .check(z.minLength(1, 'an array of at least one value')),
        ),
      },
      'an object { type?, min?, max?, nullable?, enum? }',
    )
    .check(
      z.refine(
        ({ type, min, max }) => (min === undefined && max === undefined) || type === 'number' || type === 'integer',
        "of type 'number' or 'integer' to have min or max",
      ),
      z.refine(({ min = -Infinity, max = Infinity }) => min <= max, 'an object whose min is not above its max'),
    );
  return z.record(z.string(), feature, 'an object of features by name');
});

/**
 * The `input_schema` of metadata. What cannot be understood is refused as a whole: a rule that is passed over is one that
 * somebody relies on.
 *
 * @throws `ML_CONTRACT_INVALID` naming the field
 */
export function readInputSchema(given: unknown): ReadonlyMap<string, InputFeature> {
  if (given === undefined) return new Map();
  const checked = z.safeParse(schema(), given);
  if (checked.success) return new Map(Object.entries(checked.data) as [string, InputFeature][]);
  const [issue] = checked.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = ['input_schema', ...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].join('.');
  const what = unknown === undefined ? `must be ${issue?.message}` : 'is no field that is known';
  throw new ContractError('ML_CONTRACT_INVALID', `${path} in the metadata ${what}`, { details: { path } });
}
