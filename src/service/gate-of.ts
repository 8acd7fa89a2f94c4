import { CallGate, type RunReport } from '../execution/call-gate.ts';
import type { HoldWatch } from '../execution/hold-watch.ts';
import type { Runner } from '../execution/runner.ts';
import type { BuildRequest, BuildSettings } from './build-model.ts';

/** The gate of a model in one place, with what is told of its runs. */
export function gateOf(
  settings: BuildSettings,
  request: BuildRequest,
  { runner, watch }: { readonly runner: Runner; readonly watch?: () => HoldWatch | undefined },
): CallGate {
  const { events, runtime, clock } = settings;
  const { admission, config } = runtime;
  const tell = ({ lane, calls, rows, durationMs, waitedMs, error }: RunReport): void => {
    if (!events.wants('batch:end')) return;
    const { method, size } = lane;
    const facts = { method, calls, rows, rowLimit: size.limit, durationMs, waitedMs, error };
    events.emit('batch:end', { ...request.ref, ...facts });
  };
  return new CallGate({
    label: request.ref.artefact ?? request.name,
    runner,
    admission,
    batch: config.batch,
    clock,
    observe: tell,
    ...(watch !== undefined && {
      starting: () => {
        const watching = watch();
        return watching?.begin() === true ? (rows: number) => watching.end(rows) : undefined;
      },
    }),
  });
}
