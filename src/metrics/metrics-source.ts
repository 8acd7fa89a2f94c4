import type { EventSource } from '../spec/events.ts';
import type { ExecutionStatus } from '../spec/execution.ts';
import type { Readiness, RegistryHealth } from '../spec/health.ts';

/** What metrics read of a registry: an `MLServiceRegistry`. */
export interface MetricsSource extends EventSource {
  health(): RegistryHealth;
  readiness(): Readiness;
  execution(): ExecutionStatus[];
}
