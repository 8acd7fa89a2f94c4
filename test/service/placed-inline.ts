import { Admission } from '../../src/execution/admission.ts';
import { CallGate } from '../../src/execution/call-gate.ts';
import { createInlineRunner } from '../../src/execution/inline-runner.ts';
import { systemClock } from '../../src/internal/clock.ts';
import { executionConfig } from '../../src/service/execution-runtime.ts';
import { PlacedModel } from '../../src/service/placed-model.ts';
import type { LoadedModel } from '../../src/spec/model-loader.ts';

/** A model on the event loop, with the default bounds. */
export function placedInline(loaded: LoadedModel): PlacedModel {
  const { admission, batch } = executionConfig({}, undefined);
  const gate = new CallGate({
    label: 'trained/fraud_v1.mock',
    runner: createInlineRunner(admission.maxConcurrency),
    admission: new Admission(admission),
    batch,
    clock: systemClock,
  });
  return new PlacedModel({
    loaded,
    place: 'inline',
    gate,
    host: undefined,
    threads: 1,
    bytes: 10,
    measuredBytes: undefined,
    dispose: () => Promise.resolve(),
  });
}
