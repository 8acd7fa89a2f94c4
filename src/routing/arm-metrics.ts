import { MLServiceError } from '../errors/ml-service-error.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { RunningMean } from './running-mean.ts';

/** What an arm did so far. */
export class ArmMetrics {
  /** Calls that ended, without the rejected. */
  calls = 0;
  errors = 0;
  /** Failed for what their caller did. */
  rejected = 0;
  readonly latency: LatencyHistogram = new LatencyHistogram();
  readonly meanLatency: RunningMean = new RunningMean();
  readonly outcomes: RunningMean = new RunningMean();
  /** Whether every outcome was 0 or 1. */
  binary = true;
  positive = 0;

  succeeded(latencyMs: number | undefined): void {
    this.calls += 1;
    if (latencyMs === undefined) return;
    this.latency.record(latencyMs);
    this.meanLatency.push(latencyMs);
  }

  failed(): void {
    this.calls += 1;
    this.errors += 1;
  }

  outcome(value: number): void {
    this.outcomes.push(value);
    if (value === 1) this.positive += 1;
    else if (value !== 0) this.binary = false;
  }
}

const OF_CALLERS = new Set([
  'ML_ABORTED',
  'ML_MODEL_METHOD_UNSUPPORTED',
  'ML_MODEL_PART_UNKNOWN',
  'ML_REGISTRY_CLOSED',
]);

/** Whether an error says something about the arm, rather than about the call or what all models share. */
export function isArmsFault(error: unknown): boolean {
  if (!MLServiceError.isInstance(error)) return true;
  const { code, details } = error;
  if (OF_CALLERS.has(code) || /^ML_INPUT_\w+$/.test(code)) return false;
  const { limit } = details;
  return !(code === 'ML_OVERLOADED' && typeof limit === 'string' && limit.startsWith('maxTotal'));
}
