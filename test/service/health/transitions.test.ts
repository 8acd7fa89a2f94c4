import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MLServiceRegistry, type Model } from '../../../src/index.ts';
import { deferred } from '../../../src/internal/deferred.ts';
import { NEXT_STATE } from '../../../src/service/health/model-state.ts';
import { createFakeModel, createMemoryRepository, createMockLoader, FakeClock } from '../../../src/testing/index.ts';
import { settle } from '../registry-fixture.ts';

const NAMES = ['a', 'b', 'c'] as const;
const step = fc.record({
  what: fc.constantFrom(
    'predict',
    'predict',
    'load',
    'unload',
    'abort',
    'break',
    'mend',
    'pass',
    'wait',
    'remove',
    'put',
  ),
  name: fc.constantFrom(...NAMES),
  version: fc.constantFrom('v1', 'latest'),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Three models of which two fit, whose loads and answers take a few turns of the event loop. */
function world() {
  const clock = new FakeClock();
  const broken = new Set<string>();
  const files = Object.fromEntries(NAMES.map((name) => [`${name}_v1.mock`, name.repeat(10)]));
  const repository = createMemoryRepository(files);
  const registry = new MLServiceRegistry({
    env: {},
    clock,
    repository,
    cache: { maxBytes: 25, minResidencyMs: 0, maxWaitMs: 1 },
    backoff: { initialMs: 5, maxMs: 5 },
    loaders: [
      createMockLoader({
        async model({ artefact }) {
          await settle();
          const name = artefact.name[0] as string;
          if (broken.has(name)) throw new Error('broken');
          return createFakeModel({ byteSize: 10, predict: () => settle().then(() => [name]) });
        },
      }),
    ],
  });
  return { clock, broken, repository, registry };
}

function isLoaded(model: Model): boolean {
  try {
    return model.info !== undefined;
  } catch {
    return false;
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  const { clock, broken, repository, registry } = world();
  const wrong: string[] = [];
  registry.on('health:change', ({ from, to, reason }) => {
    const allowed = Object.values(NEXT_STATE[from]).includes(to);
    if (!allowed) wrong.push(`${from} > ${to}: ${reason}`);
  });
  const work: Promise<unknown>[] = [];
  const quiet = (promise: Promise<unknown>): void => void work.push(promise.catch(() => undefined));
  for (const { what, name, version } of steps) {
    const model = registry.model(name, version);
    if (what === 'predict') quiet(model.predict([[1]]));
    else if (what === 'load') quiet(registry.load(name, version));
    else if (what === 'unload') quiet(registry.unload(name, version));
    else if (what === 'break') broken.add(name);
    else if (what === 'mend') broken.delete(name);
    else if (what === 'wait') await clock.advance(6);
    else if (what === 'pass') await settle();
    else if (what === 'remove' || what === 'put') {
      if (what === 'put') repository.set(`${name}_v1.mock`, name.repeat(10));
      else repository.delete(`${name}_v1.mock`);
      registry.refresh();
    } else {
      const controller = new AbortController();
      quiet(model.predict([[1]], { signal: controller.signal }));
      await Promise.resolve();
      controller.abort();
    }
  }
  let done = false;
  const all = Promise.all(work).finally(() => {
    done = true;
  });
  const tick = async (): Promise<void> => {
    await clock.advance(10);
    await settle();
    if (!done) await tick();
  };
  await tick();
  await all;
  // At rest, what a state says is what is there.
  for (const { name, version, state, available, reason, code } of registry.health().models) {
    if ((state === 'ready') !== isLoaded(registry.model(name, version)))
      wrong.push(`${name} ${version} is ${state}, and that is not so`);
    if (state === 'loading' || state === 'unloading') wrong.push(`${name} ${version} is ${state} for ever`);
    if (state === 'failed' && (reason === undefined || code === undefined))
      wrong.push(`${name} ${version} failed, why?`);
    if (state === 'failed' && available) wrong.push(`${name} ${version} failed and available`);
    if (state === 'ready' && !available) wrong.push(`${name} ${version} ready and not available`);
  }
  await registry.close();
  for (const { name, state } of registry.health().models)
    if (state !== 'unloaded' && state !== 'failed') wrong.push(`${name} is ${state} after the end`);
  expect(wrong).toEqual([]);
}

describe('states of models, whatever happens to them', () => {
  it('change only as the table says, and tell the truth once all is quiet', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), play), { numRuns: 150 });
  });

  it('a model that is evicted while it is loaded afresh is ready again after that', async () => {
    let gate = deferred<void>();
    gate.resolve();
    const repository = createMemoryRepository({ 'a_v1.mock': 'x', 'b_v1.mock': 'x' });
    const registry = new MLServiceRegistry({
      env: {},
      repository,
      cache: { maxBytes: 25, minResidencyMs: 0 },
      loaders: [
        createMockLoader({
          model: ({ artefact }) =>
            gate.promise.then(() =>
              createFakeModel({ predict: [1], byteSize: artefact.name === 'b_v1.mock' ? 20 : 10 }),
            ),
        }),
      ],
    });
    const states: string[] = [];
    registry.on('health:change', ({ model, from, to }) => model === 'a' && states.push(`${from} > ${to}`));
    await registry.load('a');
    repository.set('a_v2.mock', 'x');
    const reload = gate;
    gate = deferred();
    const loads = [registry.load('a')];
    await settle();
    // Only now may b be loaded; it needs the room of a_v1.
    const held = gate;
    gate = reload;
    await registry.load('b');
    expect(registry.modelHealth('a').state).toBe('unloaded');
    held.resolve();
    await Promise.all(loads);
    expect(registry.modelHealth('a')).toMatchObject({ state: 'ready', artefact: 'trained/a_v2.mock' });
    expect(states).toEqual([
      'unloaded > loading',
      'loading > ready',
      'ready > unloaded',
      'unloaded > loading',
      'loading > ready',
    ]);
  });

  it('closing while models load leaves none of them failed', async () => {
    const { registry } = world();
    const calls = NAMES.map((name) => registry.model(name).predict([[1]]));
    await Promise.resolve();
    const closed = registry.close();
    const outcomes = await Promise.allSettled(calls);
    await closed;
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(registry.health().models.map(({ state }) => state)).toEqual(['unloaded', 'unloaded', 'unloaded']);
  });
});
