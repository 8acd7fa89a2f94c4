import * as z from 'zod/mini';
import { once } from '../../internal/once.ts';
import type { CallOptions } from '../../spec/model.ts';
import type { ModelArea } from '../../spec/model-repository.ts';
import type { SwapPolicy } from '../../spec/swap.ts';
import { DEFAULT_UNLOAD_TIMEOUT_MS } from '../model-slot.ts';
import { checkOptions } from '../check-options.ts';
import type { Verification } from '../registry-options.ts';

/** How a version takes over. */
export interface TakeOverOptions extends Pick<CallOptions, 'signal'> {
  /** Default `availability-first`. */
  readonly policy?: SwapPolicy;
  /**
   * Whether the answers that the metadata states for its samples are compared: `ifPresent` (default), `require` refuses
   * a version without any, `off` compares nothing.
   */
  readonly samples?: Verification;
  /**
   * By how much a number may differ from the one stated for a sample; relative above one, absolute below. Default
   * 1e-5. Labels must be equal.
   */
  readonly tolerance?: number;
  /** Whether a version may take over that lacks what callers of the one before rely on. Default `false`. */
  readonly force?: boolean;
  /** Milliseconds for the calls in flight on the version before. Default 10,000. */
  readonly drainTimeoutMs?: number;
}

/** Options of `swap()`. */
export interface SwapOptions extends TakeOverOptions {
  /** What is to serve: a label (`v2`), a version, a range, an alias, or `latest`. */
  readonly to: string;
  /** Default `trained`. */
  readonly area?: ModelArea;
}

/** Options of `rollback()`. */
export interface RollbackOptions extends Pick<TakeOverOptions, 'signal' | 'policy' | 'drainTimeoutMs'> {
  /** Default `trained`. */
  readonly area?: ModelArea;
}

/** The same with their defaults. */
export interface TakeOver {
  readonly policy: SwapPolicy;
  readonly samples: Verification;
  readonly tolerance: number;
  readonly force: boolean;
  readonly drainTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** A relative difference that networks in float32 keep, whatever version of an engine computes them. */
const DEFAULT_TOLERANCE = 1e-5;
const POLICIES: readonly SwapPolicy[] = ['availability-first', 'memory-first'];

const schemas = once(() => {
  const shape = {
    to: z.optional(z.string('a version such as v2, 1.2.0 or latest').check(z.minLength(1, 'a version, not empty'))),
    area: z.optional(
      z.enum(['trained', 'preprocessing', 'checkpoints'], "'trained', 'preprocessing' or 'checkpoints'"),
    ),
    policy: z.optional(z.enum(POLICIES, "'availability-first' or 'memory-first'")),
    samples: z.optional(z.enum(['require', 'ifPresent', 'off'], "'require', 'ifPresent' or 'off'")),
    tolerance: z.optional(z.number('a number').check(z.nonnegative('zero or a positive number'))),
    force: z.optional(z.boolean('a boolean')),
    drainTimeoutMs: z.optional(z.int('a whole number').check(z.nonnegative('zero or a positive number'))),
    signal: z.optional(z.instanceof(AbortSignal, { error: 'an AbortSignal' })),
  };
  return {
    swap: z.strictObject(
      { ...shape, to: z.nonoptional(shape.to, 'a version such as v2, 1.2.0 or latest') },
      'an object { to, ... }',
    ),
    rollback: z.strictObject(
      { area: shape.area, policy: shape.policy, drainTimeoutMs: shape.drainTimeoutMs, signal: shape.signal },
      'an object',
    ),
    alias: z.strictObject({ ...shape, to: z.optional(z.undefined()), area: z.optional(z.undefined()) }, 'an object'),
  };
});

/** @throws `ML_OPTIONS_INVALID`, its message starting `options.<path> must be` */
export function takeOver(kind: 'swap' | 'rollback' | 'alias', options: Partial<SwapOptions>): TakeOver {
  checkOptions(schemas()[kind], options);
  const { policy, samples, tolerance, force, drainTimeoutMs, signal } = options;
  return {
    policy: policy ?? 'availability-first',
    samples: samples ?? 'ifPresent',
    tolerance: tolerance ?? DEFAULT_TOLERANCE,
    force: force ?? false,
    drainTimeoutMs: drainTimeoutMs ?? DEFAULT_UNLOAD_TIMEOUT_MS,
    signal,
  };
}
