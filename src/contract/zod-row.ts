import * as z from 'zod';
import type { ContractFeature } from '../spec/input-contract.ts';

/** One row as a schema of zod 4. */
export function zodRow(features: readonly ContractFeature[]): z.ZodType {
  if (features.some(({ name }) => name === undefined)) {
    const [first, ...others] = features.map(zodValue);
    return first === undefined ? z.tuple([]) : z.tuple([first, ...others]);
  }
  return z.object(Object.fromEntries(features.map((feature) => [feature.name as string, zodFeature(feature)])));
}

function zodFeature(feature: ContractFeature): z.ZodType {
  const value = zodValue(feature);
  return feature.optional ? value.optional() : value;
}

function zodValue({ type, min, max, nullable, values }: ContractFeature): z.ZodType {
  let schema: z.ZodType;
  const accepted = values?.filter((value) => value !== null && !Number.isNaN(value));
  if (accepted !== undefined && accepted.length > 0) schema = z.literal(accepted as [string, ...string[]]);
  else if (type === 'string') schema = z.string();
  else if (type === 'boolean') schema = z.boolean();
  else if (type === 'any') schema = z.union([z.number(), z.string(), z.boolean()]);
  else {
    let number = type === 'integer' ? z.int() : z.number();
    if (min !== undefined) number = number.min(min);
    if (max !== undefined) number = number.max(max);
    schema = number;
  }
  return nullable ? schema.nullable() : schema;
}
