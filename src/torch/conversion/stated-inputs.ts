import * as z from 'zod/mini';
import { describe } from '../../data/rows.ts';
import { ConfigurationError } from '../../errors/configuration-error.ts';

/** Element types that a conversion is asked with. */
const DTYPES = ['float32', 'float64', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'] as const;

/** An input whose shape the application states, where the file does not. */
export interface StatedInput {
  /** Default: the parameter's name. */
  readonly name?: string | undefined;
  readonly dtype: (typeof DTYPES)[number];
  /** A name stands for an extent that varies; equal names are equal extents. */
  readonly shape: readonly (number | string)[];
}

const schema = z.array(
  z.strictObject({
    name: z.optional(z.string().check(z.minLength(1))),
    dtype: z._default(z.enum(DTYPES), 'float32'),
    shape: z.array(z.union([z.int().check(z.positive()), z.string().check(z.regex(/^[A-Za-z_]\w*$/))])),
  }),
);

/**
 * The inputs of `loaderOptions.<loader>.inputs`.
 *
 * @throws `ML_OPTIONS_INVALID`
 */
export function statedInputs(value: unknown, loader: string): readonly StatedInput[] | undefined {
  if (value === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success && result.data.length > 0) return result.data;
  throw new ConfigurationError(
    'ML_OPTIONS_INVALID',
    `options.loaderOptions.${loader}.inputs must be an array of { name?, dtype?, shape }, e.g. [{ "shape": ["batch", 3] }]; got ${describe(value)}`,
    { details: { option: 'inputs', value } },
  );
}
