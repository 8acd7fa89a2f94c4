import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { CHANNEL_PREFIX } from '../events/event-bus.ts';
import type { EventSource, ServiceEventName } from '../spec/events.ts';
import { EVENT_METRICS, type EventMetric } from './event-metrics.ts';
import type { Metric, Put } from './metric.ts';

/** Makes what counts one metric. */
export type Instrument = (metric: Metric) => Put;

/**
 * Lets every event feed its metrics: the events of one registry, or those of the whole process by
 * `node:diagnostics_channel`. Gives what ends it.
 */
export function recordEvents(source: EventSource | undefined, instrument: Instrument): () => void {
  const puts = new Map<Metric, Put>();
  const byEvent = new Map<string, { readonly record: EventMetric['record']; readonly put: Put }[]>();
  for (const { event, metric, record } of EVENT_METRICS) {
    let put = puts.get(metric);
    if (put === undefined) puts.set(metric, (put = instrument(metric)));
    const rows = byEvent.get(event);
    if (rows === undefined) byEvent.set(event, [{ record, put }]);
    else rows.push({ record, put });
  }
  const ends = Array.from(byEvent, ([event, rows]) =>
    listen(source, event, (payload) => {
      for (const { record, put } of rows) record(payload as never, put);
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}

function listen(source: EventSource | undefined, event: string, listener: (payload: unknown) => void): () => void {
  // Whatever fails in somebody's metrics must not become an uncaught exception of a prediction.
  const guarded = (payload: unknown): void => {
    try {
      listener(payload);
    } catch (error) {
      process.emitWarning(`metrics of ${event} failed: ${String(error)}`, {
        type: 'BaseMLServiceWarning',
        code: 'ML_METRICS',
      });
    }
  };
  if (source === undefined) {
    subscribe(CHANNEL_PREFIX + event, guarded);
    return () => void unsubscribe(CHANNEL_PREFIX + event, guarded);
  }
  source.on(event as ServiceEventName, guarded);
  return () => void source.off(event as ServiceEventName, guarded);
}
