import { ConfigurationError } from '../errors/configuration-error.ts';
import type { InferenceOptions } from './inference-options.ts';

/** Bounds of what requests may cost. */
export interface ServerLimits {
  readonly maxBodyBytes: number;
  readonly maxTotalBodyBytes: number;
  readonly maxConcurrency: number;
}

const MIB = 2 ** 20;

const DEFAULTS: ServerLimits = {
  maxBodyBytes: 64 * MIB,
  maxTotalBodyBytes: 256 * MIB,
  maxConcurrency: 1024,
};

/** @throws `ML_OPTIONS_INVALID` */
export function serverLimits(options: InferenceOptions): ServerLimits {
  const read = (name: keyof ServerLimits): number => {
    const value = options[name] ?? DEFAULTS[name];
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new ConfigurationError('ML_OPTIONS_INVALID', `${name} must be a positive integer, got ${String(value)}`);
  };
  return {
    maxBodyBytes: read('maxBodyBytes'),
    maxTotalBodyBytes: read('maxTotalBodyBytes'),
    maxConcurrency: read('maxConcurrency'),
  };
}
