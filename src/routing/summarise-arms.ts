import type { ArmComparison, ArmStatus, ArmSummary, LatencySummary } from '../spec/routing.ts';
import type { ArmMetrics } from './arm-metrics.ts';
import { mean, meanDifference, type Proportion, proportion, proportionDifference } from './intervals.ts';
import type { LatencyHistogram } from './latency-histogram.ts';
import type { Quantiles } from './quantiles.ts';

/** An arm and what it did. */
export interface MeasuredArm {
  readonly status: ArmStatus;
  readonly metrics: ArmMetrics;
}

/** What each arm did, with intervals, and how it differs from the control arm. */
export function summariseArms(arms: readonly MeasuredArm[], quantiles: Quantiles): ArmSummary[] {
  const control = arms.find(({ status }) => status.control);
  return arms.map((arm) => {
    const { status, metrics } = arm;
    const { calls, errors, rejected, outcomes } = metrics;
    return {
      ...status,
      calls,
      errors,
      rejected,
      errorRate: proportion(failuresOf(metrics), quantiles),
      latencyMs: summariseLatency(metrics.latency),
      meanLatencyMs: mean(metrics.meanLatency, quantiles),
      outcomes: {
        count: outcomes.count,
        mean: mean(outcomes, quantiles),
        rate: metrics.binary ? proportion(rateOf(metrics), quantiles) : undefined,
      },
      comparison:
        control === undefined || control === arm ? undefined : compareArms(metrics, control.metrics, quantiles),
    };
  });
}

export function summariseLatency(latency: LatencyHistogram): LatencySummary {
  return {
    count: latency.count,
    p50: latency.quantile(0.5),
    p90: latency.quantile(0.9),
    p95: latency.quantile(0.95),
    p99: latency.quantile(0.99),
    max: latency.count === 0 ? undefined : latency.maxMs,
  };
}

function compareArms(arm: ArmMetrics, control: ArmMetrics, quantiles: Quantiles): ArmComparison {
  return {
    errorRate: proportionDifference(failuresOf(arm), failuresOf(control), quantiles),
    meanLatencyMs: meanDifference(arm.meanLatency, control.meanLatency, quantiles),
    outcomeRate:
      arm.binary && control.binary ? proportionDifference(rateOf(arm), rateOf(control), quantiles) : undefined,
    outcomeMean: meanDifference(arm.outcomes, control.outcomes, quantiles),
  };
}

function failuresOf({ errors, calls }: ArmMetrics): Proportion {
  return { hits: errors, tries: calls };
}

function rateOf({ positive, outcomes }: ArmMetrics): Proportion {
  return { hits: positive, tries: outcomes.count };
}
