import * as z from 'zod/mini';
import { ConfigurationError } from '../../errors/configuration-error.ts';
import type { OutcomeLimits } from '../../routing/outcome-store.ts';
import type { ArmBounds, RouteOptions, ShadowOptions } from '../../spec/routing.ts';

/** One arm with its defaults. */
export interface ArmPlan {
  readonly name: string;
  readonly version: string;
  readonly weight: number;
  /** `undefined`: it is never taken out. */
  readonly bounds: Required<ArmBounds> | undefined;
}

/** A route with its defaults. */
export interface RoutePlan {
  readonly arms: readonly ArmPlan[];
  readonly control: string;
  readonly shadow: Required<ShadowOptions> | undefined;
  readonly for: string | undefined;
  readonly salt: string;
  readonly allowDifferences: boolean;
  readonly outcomes: OutcomeLimits;
  readonly random: () => number;
}

const DAY_MS = 86_400_000;

const text = z.string('a string').check(z.minLength(1, 'a non-empty string'));
const weight = z.number('a number').check(z.nonnegative('zero or more'));
const fraction = z.optional(z.number('a number').check(z.gte(0, 'from 0 to 1'), z.lte(1, 'from 0 to 1')));
const within = z.optional(z.number('a number').check(z.gt(0, 'more than 0'), z.lt(1, 'less than 1')));
const positive = z.optional(z.int('a whole number').check(z.positive('a positive number')));
const notNegative = z.optional(z.int('a whole number').check(z.nonnegative('zero or more')));

const schema = z.strictObject(
  {
    arms: z
      .array(
        z.strictObject(
          {
            name: z.optional(text),
            version: text,
            weight,
            bounds: z.optional(
              z.strictObject(
                {
                  maxErrorRate: fraction,
                  maxLatencyMs: z.optional(z.number('a number').check(z.positive('more than 0'))),
                  latencyQuantile: within,
                  minCalls: positive,
                  window: positive,
                },
                'an object { maxErrorRate?, maxLatencyMs?, latencyQuantile?, minCalls?, window? }',
              ),
            ),
          },
          'an object { name?, version, weight, bounds? }',
        ),
        'an array of arms',
      )
      .check(z.minLength(1, 'an array with at least one arm')),
    control: z.optional(text),
    shadow: z.optional(
      z.strictObject(
        {
          version: text,
          share: fraction,
          maxConcurrency: positive,
          maxQueue: positive,
          maxQueuedBytes: positive,
          timeoutMs: positive,
          maxLoopShare: within,
          tolerance: z.optional(weight),
        },
        'an object with a version',
      ),
    ),
    for: z.optional(text),
    salt: z.optional(z.string('a string')),
    allowDifferences: z.optional(z.boolean('a boolean')),
    outcomes: z.optional(z.strictObject({ maxOpen: positive, ttlMs: notNegative }, 'an object { maxOpen?, ttlMs? }')),
    random: z.optional(z.custom((value) => typeof value === 'function', 'a function')),
  },
  'an object { arms, shadow? }',
);

/** @throws `ML_OPTIONS_INVALID`, its message starting `route.<path> must be` */
export function planRoute(model: string, options: RouteOptions): RoutePlan {
  const checked = z.safeParse(schema, options);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
    throw invalid(
      path,
      issue?.code === 'unrecognized_keys' ? 'absent: there is no such option' : (issue?.message ?? ''),
    );
  }
  const arms = options.arms.map(({ name, version, weight: share, bounds }) => ({
    name: name ?? version,
    version,
    weight: share,
    bounds: bounds && boundsOf(bounds),
  }));
  const names = arms.map(({ name }) => name);
  const [first = ''] = names;
  const control = options.control ?? first;
  if (new Set(names).size < names.length)
    throw invalid(['arms'], `arms with different names, they are ${names.join(', ')}`);
  if (!names.includes(control)) throw invalid(['control'], `the name of an arm (${names.join(', ')})`);
  arms.forEach(({ name, bounds }, i) => {
    if (name === control && bounds !== undefined)
      throw invalid(['arms', i, 'bounds'], `absent: ${name} is the control arm and has nothing to fall back to`);
    if (bounds !== undefined && bounds.window < bounds.minCalls)
      throw invalid(['arms', i, 'bounds', 'window'], `at least minCalls (${bounds.minCalls})`);
  });
  checkWeights(arms);
  const { shadow, outcomes = {} } = options;
  return {
    arms,
    control,
    shadow: shadow && shadowOf(shadow),
    for: options.for,
    salt: options.salt ?? model,
    allowDifferences: options.allowDifferences ?? false,
    outcomes: { maxOpen: outcomes.maxOpen ?? 100_000, ttlMs: outcomes.ttlMs ?? DAY_MS },
    random: options.random ?? Math.random,
  };
}

/** @throws `ML_OPTIONS_INVALID` */
export function checkWeights(arms: readonly { readonly name: string; readonly weight: unknown }[]): void {
  let sum = 0;
  for (const [i, { weight: value }] of arms.entries()) {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw invalid(['arms', i, 'weight'], `zero or more, got ${String(value)}`);
    sum += value;
  }
  if (!(sum > 0 && Number.isFinite(sum))) throw invalid(['arms'], 'arms of which one at least has a weight');
}

function boundsOf(given: ArmBounds): Required<ArmBounds> {
  const minCalls = given.minCalls ?? 100;
  return {
    maxErrorRate: given.maxErrorRate ?? Number.POSITIVE_INFINITY,
    maxLatencyMs: given.maxLatencyMs ?? Number.POSITIVE_INFINITY,
    latencyQuantile: given.latencyQuantile ?? 0.95,
    minCalls,
    window: given.window ?? Math.max(1_000, minCalls),
  };
}

function shadowOf(given: ShadowOptions): Required<ShadowOptions> {
  return {
    version: given.version,
    share: given.share ?? 1,
    maxConcurrency: given.maxConcurrency ?? 4,
    maxQueue: given.maxQueue ?? 100,
    maxQueuedBytes: given.maxQueuedBytes ?? 16 * 2 ** 20,
    timeoutMs: given.timeoutMs ?? 10_000,
    maxLoopShare: given.maxLoopShare ?? 0.05,
    tolerance: given.tolerance ?? 0,
  };
}

function invalid(path: readonly PropertyKey[], what: string): ConfigurationError {
  const name = ['route', ...path.map(String)].join('.');
  return new ConfigurationError('ML_OPTIONS_INVALID', `${name} must be ${what}`, { details: { path: name } });
}
