import { boolean, checked, custom, integer, number, objectOf, oneOf, optional, string } from '../../internal/shape.ts';
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

const to = checked(string('a version such as v2, 1.2.0 or latest'), (s: string) => s !== '', 'a version, not empty');
const area = optional(oneOf(['trained', 'preprocessing', 'checkpoints']));
const takingOver = {
  policy: optional(oneOf(POLICIES)),
  samples: optional(oneOf(['require', 'ifPresent', 'off'])),
  tolerance: optional(checked(number('a number'), (n: number) => n >= 0, 'zero or a positive number')),
  force: optional(boolean('a boolean')),
  drainTimeoutMs: optional(checked(integer('a whole number'), (n: number) => n >= 0, 'zero or a positive number')),
  signal: optional(custom((v) => v instanceof AbortSignal, 'an AbortSignal')),
};
const { policy, drainTimeoutMs, signal } = takingOver;
const shapes = {
  swap: objectOf({ to, area, ...takingOver }, 'an object { to, ... }'),
  rollback: objectOf({ area, policy, drainTimeoutMs, signal }),
  alias: objectOf(takingOver),
};

/** @throws `ML_OPTIONS_INVALID`, its message starting `options.<path> must be` */
export function takeOver(kind: 'swap' | 'rollback' | 'alias', options: Partial<SwapOptions>): TakeOver {
  checkOptions(shapes[kind], options);
  const { samples, tolerance, force } = options;
  return {
    policy: options.policy ?? 'availability-first',
    samples: samples ?? 'ifPresent',
    tolerance: tolerance ?? DEFAULT_TOLERANCE,
    force: force ?? false,
    drainTimeoutMs: options.drainTimeoutMs ?? DEFAULT_UNLOAD_TIMEOUT_MS,
    signal: options.signal,
  };
}
