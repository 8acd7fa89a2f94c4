import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../../src/internal/deferred.ts';
import { type MLServiceError, MLServiceRegistry, type RouteOptions } from '../../../src/index.ts';
import {
  createFakeModel,
  createMemoryRepository,
  createMockLoader,
  createTestRegistry,
} from '../../../src/testing/index.ts';
import { record } from '../registry-fixture.ts';
import { saying, turns } from './routing-fixture.ts';

const ALL = ['v1', 'v2', 'v3', 'v4'];
/** Half of the models answer at once, half later. */
const models = () =>
  Object.fromEntries(
    ALL.map((label, i) => [
      `fraud@${label}`,
      i % 2 === 0 ? saying(label) : createFakeModel({ predict: (rows) => turns(2).then(() => rows.map(() => label)) }),
    ]),
  );
const even = (...versions: string[]): RouteOptions => ({ arms: versions.map((version) => ({ version, weight: 1 })) });

describe('changing a route', () => {
  it('is in force for calls that start afterwards, and told by events', async () => {
    const registry = createTestRegistry({ models: models() });
    const events = record(registry, 'route:change');
    const model = registry.model('fraud');
    const route = await registry.route('fraud', even('v1', 'v2'));
    route.setWeights({ v1: 0 });
    expect(await model.predictOne([1])).toBe('v2');
    route.setWeights({ v1: 3, v2: 1 });
    expect(route.arms.map(({ share }) => share)).toEqual([0.75, 0.25]);
    expect(await registry.route('fraud', even('v3'))).toBe(route);
    expect(await model.predictOne([1])).toBe('v3');
    await registry.unroute('fraud');
    const shares = events.map(({ payload }) => payload.arms.map(({ arm, share }) => `${arm} ${share}`).join());
    expect(shares).toEqual(['v1 0.5,v2 0.5', 'v1 0,v2 1', 'v1 0.75,v2 0.25', 'v3 1', '']);
  });

  it('refuses weights that make no sense, arms that are unknown, and a route that is gone', async () => {
    const registry = createTestRegistry({ models: models() });
    const route = await registry.route('fraud', even('v1', 'v2'));
    for (const weights of [{ v1: -1 }, { v1: Number.NaN }, { v1: 0, v2: 0 }, { v1: '1' as unknown as number }])
      expect(() => route.setWeights(weights)).toThrow(expect.objectContaining({ code: 'ML_OPTIONS_INVALID' }));
    expect(() => route.setWeights({ v7: 1 })).toThrow(
      expect.objectContaining({ code: 'ML_ROUTE_UNKNOWN', message: expect.stringContaining('it has v1, v2') }),
    );
    expect(() => route.restore('v7')).toThrow(expect.objectContaining({ code: 'ML_ROUTE_UNKNOWN' }));
    expect(route.arms.map(({ weight }) => weight)).toEqual([1, 1]);
    await registry.unroute('fraud');
    for (const use of [() => route.setWeights({ v1: 1 }), () => route.assign('a'), () => route.restore('v1')])
      expect(use).toThrow(expect.objectContaining({ code: 'ML_ROUTE_UNKNOWN' }));
    await expect(registry.routeSummary('fraud')).rejects.toMatchObject({ code: 'ML_ROUTE_UNKNOWN' });
  });

  it('keeps the counts of arms that stay, and starts afresh where the version is another', async () => {
    const registry = createTestRegistry({ models: models() });
    const ask = async (count: number) => {
      for (let i = 0; i < count; i++) await registry.model('fraud').predict([[1]], { routingKey: `${i}` });
    };
    const named = (version: string): RouteOptions => ({
      arms: [
        { name: 'control', version: 'v1', weight: 1 },
        { name: 'new', version, weight: 1 },
      ],
    });
    await registry.route('fraud', named('v2'));
    await ask(100);
    await registry.route('fraud', named('v2'));
    const kept = (await registry.routeSummary('fraud')).arms.map(({ calls }) => calls);
    expect(kept.reduce((all, calls) => all + calls, 0)).toBe(100);
    await registry.route('fraud', named('v3'));
    const [control, fresh] = (await registry.routeSummary('fraud')).arms;
    expect([control?.calls, fresh?.calls]).toEqual([kept[0], 0]);
  });

  it('of two changes at a time the later call wins, also where it is ready first', async () => {
    const slow = deferred<void>();
    const registry = new MLServiceRegistry({
      env: {},
      repository: createMemoryRepository({ 'fraud_v1.mock': 'v1', 'fraud_v2.mock': 'v2' }),
      loaders: [
        createMockLoader({
          async model({ artefact }) {
            const label = new TextDecoder().decode(artefact.bytes);
            if (label === 'v1') await slow.promise;
            return saying(label);
          },
        }),
      ],
    });
    const first = registry.route('fraud', even('v1'));
    const refused = expect(first).rejects.toMatchObject({ code: 'ML_ROUTE_SUPERSEDED' });
    await registry.route('fraud', even('v2'));
    slow.resolve();
    await refused;
    expect(await registry.model('fraud').predictOne([1])).toBe('v2');
    expect((await registry.models()).map(({ label, state }) => `${label} ${state}`)).toEqual([
      'v1 unloaded',
      'v2 ready',
    ]);
  });

  it('taking it away also takes away one that still loads', async () => {
    const registry = createTestRegistry({ models: models() });
    const setting = expect(registry.route('fraud', even('v1'))).rejects.toMatchObject({ code: 'ML_ROUTE_SUPERSEDED' });
    expect(await registry.unroute('fraud')).toBe(false);
    await setting;
    expect(registry.routes.size).toBe(0);
    await turns();
    expect(registry.health().memory.residentBytes).toBe(0);
  });
});

type Step =
  | { readonly kind: 'route'; readonly versions: readonly string[]; readonly only: boolean }
  | { readonly kind: 'weights'; readonly weights: readonly number[] }
  | { readonly kind: 'unroute' | 'unload' | 'load' | 'turn' }
  | { readonly kind: 'ask'; readonly keys: readonly string[]; readonly version: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('route' as const),
    versions: fc.uniqueArray(fc.constantFrom(...ALL), { minLength: 1, maxLength: 3 }),
    only: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('weights' as const), weights: fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }) }),
  fc.record({ kind: fc.constantFrom('unroute' as const, 'unload' as const, 'load' as const, 'turn' as const) }),
  fc.record({
    kind: fc.constant('ask' as const),
    keys: fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 20 }),
    version: fc.constantFrom('latest', 'v1', 'v2'),
  }),
);

/** Does the steps without waiting for calls and changes, and gives the calls that failed or came from nowhere. */
async function play(registry: MLServiceRegistry, steps: readonly Step[]): Promise<string[]> {
  const problems: string[] = [];
  const work: Promise<unknown>[] = [];
  const superseded = (error: MLServiceError): void => {
    if (error.code !== 'ML_ROUTE_SUPERSEDED') problems.push(error.message);
  };
  for (const one of steps) {
    if (one.kind === 'route') {
      const options = { ...even(...one.versions), ...(one.only && { for: 'latest' }) };
      work.push(registry.route('fraud', options).catch(superseded));
    } else if (one.kind === 'weights') {
      const route = registry.routes.get('fraud');
      const weights = Object.fromEntries(route?.arms.map(({ arm }, i) => [arm, one.weights[i] ?? 1]) ?? []);
      if (Object.values(weights).some((weight) => weight > 0)) route?.setWeights(weights);
    } else if (one.kind === 'ask') {
      const route = registry.routes.get('fraud');
      const covered = route !== undefined && (route.for === undefined || route.for === one.version);
      for (const routingKey of one.keys) {
        const expected = covered
          ? routingKey === ''
            ? undefined
            : route.assign(routingKey).version
          : own(one.version);
        const check = async (): Promise<void> => {
          const answer = String(await registry.model('fraud', one.version).predictOne([1], { routingKey }));
          if (expected !== undefined && answer !== expected) problems.push(`${answer} instead of ${expected}`);
        };
        work.push(check().catch((error: unknown) => problems.push(String(error))));
      }
    } else if (one.kind === 'unroute') work.push(registry.unroute('fraud'));
    else if (one.kind === 'unload') work.push(registry.unload('fraud'));
    else if (one.kind === 'load')
      work.push(registry.load('fraud').catch((error: unknown) => problems.push(String(error))));
    else await turns(3);
  }
  await Promise.all(work);
  return problems;
}

const own = (version: string) => (version === 'latest' ? 'v4' : version);

describe('whatever happens to a route', () => {
  it('no call fails, each is answered by the arm that was its at the time, and nothing is left over', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const registry = createTestRegistry({ models: models() });
        expect(await play(registry, steps)).toEqual([]);
        await registry.unroute('fraud');
        const names = registry.health().models.map(({ version }) => version);
        // Slots of arms are gone; those of requests stay.
        expect(names.filter((version) => !['latest', 'v1', 'v2'].includes(version))).toEqual([]);
        await registry.close();
      }),
      { numRuns: 150 },
    );
  });

  it('1,000 changes under continuous load fail no call', async () => {
    const registry = createTestRegistry({ models: models() });
    const model = registry.model('fraud');
    await registry.route('fraud', even('v1', 'v2'));
    const load = { running: true, calls: 0 };
    const failures: unknown[] = [];
    const caller = async (who: number): Promise<void> => {
      for (let i = 0; load.running; i++) {
        load.calls += 1;
        await model.predict([[1]], { routingKey: `${who}/${i}` }).catch((error: unknown) => failures.push(error));
        if (i % 8 === 0) await turns(1);
      }
    };
    const callers = Array.from({ length: 8 }, (_, who) => caller(who));
    for (let i = 0; i < 1_000; i++) {
      if (i % 3 === 0) await registry.route('fraud', even('v1', ...ALL.slice(1 + (i % 2), 3 + (i % 2))));
      else if (i % 3 === 1) registry.routes.get('fraud')?.setWeights({ v1: i % 7 });
      else await registry.unroute('fraud').then(() => registry.route('fraud', even('v1', 'v3')));
      await turns(1);
    }
    load.running = false;
    await Promise.all(callers);
    expect(failures).toEqual([]);
    expect(load.calls).toBeGreaterThan(1_000);
  }, 60_000);
});
