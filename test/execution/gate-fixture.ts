import { Admission, type AdmissionLimits } from '../../src/execution/admission.ts';
import { type BatchLimits, CallGate, type RunReport } from '../../src/execution/call-gate.ts';
import type { Runner } from '../../src/execution/runner.ts';
import { executionConfig } from '../../src/service/execution-runtime.ts';
import type { LoadedModel } from '../../src/spec/model-loader.ts';
import type { CallOptions, ModelMethod } from '../../src/spec/model.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';

/** A call as a test sees it. */
export interface TestCall {
  /** What the caller gets. */
  readonly answer: Promise<unknown>;
  /** How often each of its ends was told: a call has one answer and one end. */
  readonly told: { succeeded: number; failed: number; ended: number };
}

/** A gate, the clock that it goes by, and a way to ask. */
export function gateFixture(
  runner: Runner,
  limits: { readonly admission?: Partial<AdmissionLimits>; readonly batch?: Partial<BatchLimits> } = {},
): {
  readonly gate: CallGate;
  readonly clock: FakeClock;
  readonly admission: Admission;
  readonly reports: RunReport[];
  readonly ask: (loaded: LoadedModel, input: unknown, options?: CallOptions, method?: ModelMethod) => TestCall;
} {
  const defaults = executionConfig({}, undefined);
  const admission = new Admission({ ...defaults.admission, ...limits.admission });
  const clock = new FakeClock();
  const reports: RunReport[] = [];
  const batch = { ...defaults.batch, ...limits.batch };
  const gate = new CallGate({ label: 'fraud', runner, admission, batch, clock, observe: (one) => reports.push(one) });
  const ask = (
    loaded: LoadedModel,
    input: unknown,
    options: CallOptions = {},
    method: ModelMethod = 'predict',
  ): TestCall => {
    const told = { succeeded: 0, failed: 0, ended: 0 };
    const answer = new Promise<unknown>((resolve, reject) => {
      gate.submit(loaded, method, {
        input,
        options,
        succeed(value) {
          told.succeeded += 1;
          resolve(value);
        },
        fail(error) {
          told.failed += 1;
          reject(error as Error);
        },
        ended() {
          told.ended += 1;
        },
      });
    });
    answer.catch(() => undefined);
    return { answer, told };
  };
  return { gate, clock, admission, reports, ask };
}
