import * as z from 'zod/mini';
import { describe } from '../../data/rows.ts';
import { ConfigurationError } from '../../errors/configuration-error.ts';
import type { EstimatorConstructor, EstimatorTable } from '../../sklearn/base/estimator.ts';
import type { CustomClass } from '../../spec/custom-estimator.ts';
import { toEstimator } from './custom-estimator.ts';
import { CustomStateView } from './custom-state-view.ts';

/** Names without a path of attributes: what Python would import as it is written. */
const NAME = z.string().check(z.regex(/^[\p{ID_Start}_][\p{ID_Continue}]*$/u));
const MODULE = z.string().check(z.regex(/^[\p{ID_Start}_][\p{ID_Continue}]*(\.[\p{ID_Start}_][\p{ID_Continue}]*)*$/u));

const schema = z.strictObject({
  estimators: z.optional(
    z.array(
      z.strictObject({
        module: MODULE,
        name: NAME,
        read: z.custom<CustomClass['read']>((value) => typeof value === 'function'),
      }),
    ),
  ),
});

/**
 * Checks the options of the pickle loader and gives the constructors of the registered classes, by
 * `module.name`. What the audit forbids stays forbidden under any registration.
 *
 * @throws `ML_OPTIONS_INVALID` naming the option
 */
export function customTable(given: Readonly<Record<string, unknown>>): EstimatorTable {
  const result = schema.safeParse(given);
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
    throw invalid(path.map(String).join('.'), at(given, path));
  }
  const { estimators = [] } = result.data;
  const table = new Map<string, EstimatorConstructor>();
  for (const { module, name, read } of estimators) {
    const path = `${module}.${name}`;
    if (table.has(path)) throw invalid('estimators', `${path} twice`);
    table.set(path, (state) => toEstimator(read(new CustomStateView(state)), path));
  }
  return table;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    value,
  );
}

function invalid(option: string, value: unknown): ConfigurationError {
  return new ConfigurationError(
    'ML_OPTIONS_INVALID',
    `options.loaderOptions.pickle${option === '' ? '' : `.${option}`} must fit { estimators: [{ module, name, read }] }, each class once; got ${describe(value)}`,
    { details: { option, value } },
  );
}
