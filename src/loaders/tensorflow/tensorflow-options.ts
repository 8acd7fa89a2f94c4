import * as z from 'zod/mini';
import { describe } from '../../data/rows.ts';
import { ConfigurationError } from '../../errors/configuration-error.ts';
import type { ModelMetadata } from '../../spec/metadata.ts';

/** Options of the TensorFlow loader: `loaderOptions: { tensorflow: { ... } }`, besides those of the engine. */
export interface TensorflowOptions {
  /** Tags of the SavedModel's graph. Default `['serve']`, or the only graph. */
  readonly tags?: readonly string[] | undefined;
  /** Signature of a SavedModel. Default `serving_default`, or the only one. */
  readonly signature?: string | undefined;
  /** Inputs of a frozen graph, `node` or `node:0`. Default: its placeholders. */
  readonly inputs?: readonly string[] | undefined;
  /** Outputs of a frozen graph. Default: the results that no node reads. */
  readonly outputs?: readonly string[] | undefined;
}

const names = z.array(z.string().check(z.minLength(1))).check(z.minLength(1));
const schema = z.object({
  tags: z.optional(names),
  signature: z.optional(z.string()),
  inputs: z.optional(names),
  outputs: z.optional(names),
});

const EXPECTED: Readonly<Record<string, string>> = {
  tags: 'an array of tags',
  signature: 'the name of a signature',
  inputs: 'an array of names of nodes',
  outputs: 'an array of names of nodes',
};

/** Fields that metadata may have for it. */
const METADATA_FIELDS = {
  tags: 'tags',
  signature: 'signature',
  inputs: 'input_nodes',
  outputs: 'output_nodes',
} as const;

/** Both kinds of options, apart. */
export interface SplitOptions {
  readonly tensorflow: TensorflowOptions;
  readonly engine: Readonly<Record<string, unknown>>;
}

/**
 * Checks the options; what they leave open the metadata may say (`tags`, `signature`, `input_nodes`, `output_nodes`).
 *
 * @throws `ML_OPTIONS_INVALID` naming the option
 */
export function splitOptions(
  given: Readonly<Record<string, unknown>>,
  metadata: ModelMetadata | undefined,
): SplitOptions {
  const engine = Object.fromEntries(Object.entries(given).filter(([key]) => !Object.hasOwn(EXPECTED, key)));
  const own = Object.fromEntries(Object.entries(given).filter(([key]) => Object.hasOwn(EXPECTED, key)));
  const result = schema.safeParse(own);
  if (!result.success) {
    const key = String(result.error.issues[0]?.path[0]);
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `options.loaderOptions.tensorflow.${key} must be ${EXPECTED[key]}; got ${describe(own[key])}`,
      { details: { option: key, value: own[key] } },
    );
  }
  const stated = Object.entries(METADATA_FIELDS).map(([key, field]) => [key, metadata?.extra[field]]);
  const fallback = schema.safeParse(Object.fromEntries(stated.filter(([, value]) => value !== undefined)));
  return { tensorflow: { ...(fallback.success ? fallback.data : {}), ...result.data }, engine };
}
