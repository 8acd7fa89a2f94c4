import type { ServiceEventMap, ServiceEventName } from '../../src/spec/events.ts';
import type { EventSource } from '../../src/spec/events.ts';

/** Every event of the kinds asked for, in order. */
export function record<E extends ServiceEventName>(
  source: EventSource,
  ...names: E[]
): { name: E; payload: ServiceEventMap[E] }[] {
  const events: { name: E; payload: ServiceEventMap[E] }[] = [];
  for (const name of names) source.on(name, (payload) => events.push({ name, payload }));
  return events;
}

/** `from > to` of every change of state. */
export function recordStates(source: EventSource): string[] {
  const states: string[] = [];
  source.on('health:change', ({ from, to }) => states.push(`${from} > ${to}`));
  return states;
}

export async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
