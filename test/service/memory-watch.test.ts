import { describe, expect, it } from 'vitest';
import { EventBus } from '../../src/events/event-bus.ts';
import type { BuiltModel } from '../../src/service/build-model.ts';
import { MemoryWatch } from '../../src/service/memory-watch.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { placedInline } from './placed-inline.ts';

const MB = 2 ** 20;

function fixture() {
  const clock = new FakeClock();
  const events = new EventBus();
  const state = { used: 0, rss: 1_000 * MB, evicted: [] as number[] };
  const cache = {
    memory: () => ({ residentBytes: 10, reservedBytes: 0, budgetBytes: 100, perModel: {} }),
    evictIdle: (bytes: number) => (state.evicted.push(bytes), 0),
  };
  const container = { memoryLimit: 1_000, processors: 1, memoryUsed: () => state.used };
  const watch = new MemoryWatch({ cache: cache as never, container, events, clock, rss: () => state.rss });
  return { clock, events, state, watch };
}

const model = (bytes: number): BuiltModel =>
  ({ bytes, ref: { model: 'big', version: 'v1', artefact: 'a' }, placed: placedInline({}) }) as unknown as BuiltModel;

describe('the memory of the container', () => {
  it('nearly used up: models that nobody uses are evicted, and it is told', async () => {
    const { clock, events, state, watch } = fixture();
    const told: unknown[] = [];
    events.on('memory:pressure', (event) => told.push(event));
    watch.changed();
    state.used = 899;
    await clock.advance(2_000);
    expect([told, state.evicted]).toEqual([[], []]);
    state.used = 950;
    await clock.advance(2_000);
    expect(told).toMatchObject([{ usedBytes: 950, limitBytes: 1_000, neededBytes: 100 }]);
    expect(state.evicted).toEqual([100]);
    watch.stop();
    await clock.advance(60_000);
    expect(state.evicted).toHaveLength(1);
  });
});

describe('the memory of a model that was freed', () => {
  it('that does not come back is told', async () => {
    const { clock, events, state, watch } = fixture();
    const told: unknown[] = [];
    events.on('memory:retained', (event) => told.push(event));
    watch.freed(model(400 * MB));
    watch.changed();
    state.rss -= 100 * MB;
    await clock.advance(5_000);
    expect(told).toMatchObject([{ model: 'big', bytes: 400 * MB, returnedBytes: 100 * MB, rssBytes: 900 * MB }]);
  });

  it('that comes back, is small, or is mixed up with another load is not', async () => {
    const { clock, events, state, watch } = fixture();
    const told: unknown[] = [];
    events.on('memory:retained', (event) => told.push(event));
    watch.freed(model(400 * MB));
    state.rss -= 300 * MB;
    await clock.advance(5_000);
    watch.freed(model(10 * MB));
    await clock.advance(5_000);
    watch.freed(model(400 * MB));
    watch.changed();
    watch.changed();
    await clock.advance(5_000);
    expect(told).toEqual([]);
  });
});
