import * as z from 'zod/mini';
import { describe } from '../../data/rows.ts';
import { ConfigurationError } from '../../errors/configuration-error.ts';
import type { EstimatorConstructor, EstimatorTable } from '../../sklearn/base/estimator.ts';
import { type CustomEstimator, toEstimator } from './custom-estimator.ts';
import { CustomState } from './custom-state.ts';

/** A class of the application's own, and what computes it in JavaScript. */
export interface CustomClass {
  /** As the file names it: the module in which Python defined the class, e.g. `__main__`. */
  readonly module: string;
  readonly name: string;
  /** Builds it from the attributes that the file holds. Called once per object, while the file is loaded. */
  readonly read: (state: CustomState) => CustomEstimator;
}

/** Options of the pickle loader: `loaderOptions: { pickle: { ... } }`. */
export interface PickleLoaderOptions {
  /** Classes that the files of this application use and scikit-learn does not have. */
  readonly estimators?: readonly CustomClass[];
}

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
    table.set(path, (state) => toEstimator(read(new CustomState(state)), path));
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
