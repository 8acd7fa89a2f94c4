import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, vi } from 'vitest';
import { CHANNEL_PREFIX, EventBus } from '../../src/events/event-bus.ts';
import type { ServiceEventMap } from '../../src/spec/events.ts';

const HIT: ServiceEventMap['cache:hit'] = { model: 'fraud', version: 'v1', artefact: 'trained/fraud_v1.mock' };

async function warningOf(action: () => void): Promise<Error & { code?: string }> {
  const warned = new Promise<Error>((resolve) => {
    process.once('warning', resolve);
  });
  action();
  return warned;
}

describe('listeners', () => {
  it('get the payload, once or each time, until they are taken off', () => {
    const bus = new EventBus();
    const each = vi.fn();
    const single = vi.fn();
    bus.on('cache:hit', each).once('cache:hit', single);
    bus.emit('cache:hit', HIT);
    bus.emit('cache:hit', HIT);
    bus.off('cache:hit', each);
    bus.emit('cache:hit', HIT);
    expect(each.mock.calls).toEqual([[HIT], [HIT]]);
    expect(single.mock.calls).toEqual([[HIT]]);
  });

  it('of once() can be taken off before', () => {
    const bus = new EventBus();
    const listener = vi.fn();
    bus.once('cache:hit', listener).off('cache:hit', listener);
    bus.emit('cache:hit', HIT);
    expect(listener).not.toHaveBeenCalled();
  });

  it('that throw are reported as a warning and harm nobody', async () => {
    const bus = new EventBus();
    const after = vi.fn();
    bus.on('cache:hit', () => {
      throw new Error('my bug');
    });
    bus.on('cache:hit', after);
    const warning = await warningOf(() => bus.emit('cache:hit', HIT));
    expect(warning).toMatchObject({ name: 'BaseMLServiceWarning', code: 'ML_LISTENER' });
    expect(warning.message).toContain('my bug');
    expect(after).toHaveBeenCalledOnce();
  });

  it('that reject are reported too', async () => {
    const bus = new EventBus();
    const listener: () => unknown = async () => {
      await Promise.resolve();
      throw new Error('late bug');
    };
    bus.on('cache:hit', listener);
    expect((await warningOf(() => bus.emit('cache:hit', HIT))).message).toContain('late bug');
  });

  it('make an event wanted', () => {
    const bus = new EventBus();
    const listener = (): void => undefined;
    expect(bus.wants('predict:end')).toBe(false);
    bus.on('predict:end', listener);
    expect(bus.wants('predict:end')).toBe(true);
    expect(bus.wants('cache:hit')).toBe(false);
    bus.off('predict:end', listener);
    expect(bus.wants('predict:end')).toBe(false);
  });
});

describe('node:diagnostics_channel', () => {
  it('carries the same payload under a prefixed name', () => {
    const bus = new EventBus();
    const listened: unknown[] = [];
    const published: unknown[] = [];
    const subscriber = (message: unknown): void => void published.push(message);
    bus.on('cache:hit', (payload) => listened.push(payload));
    subscribe('base-ml-service:cache:hit', subscriber);
    bus.emit('cache:hit', HIT);
    unsubscribe('base-ml-service:cache:hit', subscriber);
    bus.emit('cache:hit', HIT);
    expect(published).toEqual([HIT]);
    expect(published[0]).toBe(listened[0]);
    expect(CHANNEL_PREFIX).toBe('base-ml-service:');
  });

  it('makes an event wanted', () => {
    const bus = new EventBus();
    const subscriber = (): void => undefined;
    subscribe('base-ml-service:predict:end', subscriber);
    expect(channel('base-ml-service:predict:end').hasSubscribers).toBe(true);
    expect(bus.wants('predict:end')).toBe(true);
    unsubscribe('base-ml-service:predict:end', subscriber);
    expect(bus.wants('predict:end')).toBe(false);
  });
});
