import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MLServiceError, MLServiceRegistry } from '../../../src/index.ts';
import type { LoadedModel } from '../../../src/spec/model-loader.ts';
import { createMemoryRepository, createMockLoader, FakeClock, type MemoryFile } from '../../../src/testing/index.ts';
import { settle } from '../registry-fixture.ts';

const GOOD = ['v1', 'v2', 'v3', 'v4'] as const;
/** What callers ask for; before any swap each stands for another version. */
const ASKED = { v1: 'v1', '^2': 'v2', latest: 'v4' } as const;
type Asked = keyof typeof ASKED;
const asked = fc.constantFrom<Asked>('v1', '^2', 'latest');
const policy = fc.constantFrom('availability-first' as const, 'memory-first' as const);

const command = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('predict' as const), version: asked }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('swap' as const),
      // v0.1 does not load, v0.2 is incompatible, v0.3 answers its samples wrongly, v9 is not there.
      to: fc.constantFrom(...GOOD, ...GOOD, 'v0.1', 'v0.2', 'v0.3', 'v9'),
      policy,
      aborts: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rollback' as const), policy }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unload' as const), version: asked }) },
  // Makes room by evicting what is idle.
  { weight: 2, arbitrary: fc.record({ do: fc.constant('other' as const), which: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('load' as const), version: asked }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
);

type State = Readonly<Record<Asked, string>>;
const everywhere = (version: string): State => ({ v1: version, '^2': version, latest: version });

/** What ought to be, told by the events of swaps: states in order, and which ones a call may see. */
class Expected {
  readonly states: State[] = [ASKED];
  readonly #before: State[] = [];
  /** What the swap under way will lead to. */
  underWay: State | undefined;

  get now(): State {
    return this.states.at(-1) as State;
  }

  get canRollBack(): boolean {
    return this.#before.length > 0;
  }

  start(trigger: string, to: string): void {
    this.underWay = trigger === 'rollback' ? this.#before.at(-1) : everywhere(to);
  }

  end(trigger: string, version: string): void {
    if (trigger === 'rollback') this.states.push(this.#before.pop() as State);
    else {
      const next = everywhere(version);
      if (Object.values(this.now).some((one) => one !== version)) this.#before.push(this.now);
      this.states.push(next);
    }
    this.underWay = undefined;
  }

  fail(): void {
    this.underWay = undefined;
  }
}

// Imported by the first swap and the first load, which takes longer than the turns that a case may take.
beforeAll(() =>
  Promise.all([
    import('../../../src/service/build-model.ts'),
    import('../../../src/service/swap/swap-plans.ts'),
    import('../../../src/service/swap/swap-run.ts'),
    import('../../../src/repository/resolve.ts'),
  ]),
);

describe('under any order of swaps, rollbacks, calls, loads, evictions, unloads, aborts and close', () => {
  it('every call is answered, by one version that is whole and that stood for what was asked', async () => {
    const seen = { answers: 0, swaps: 0, rollbacks: 0, failures: 0, waited: 0, evictions: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(command, { minLength: 10, maxLength: 40 }),
        fc.boolean(),
        async (scheduler, commands, closesEarly) => {
          const clock = new FakeClock();
          const wrong: string[] = [];
          const instances: { readonly label: string; disposals: number; ready: boolean }[] = [];
          const make = async (label: string): Promise<LoadedModel> => {
            await scheduler.schedule(Promise.resolve(), `load ${label}`);
            if (label === 'v0.1') throw new Error('bad weights');
            const instance = { label, disposals: 0, ready: false };
            instances.push(instance);
            const check = (when: string): void => {
              if (instance.disposals > 0) wrong.push(`${label} was disposed ${when} a call`);
            };
            return {
              byteSize: 100,
              info: { task: label === 'v0.2' ? 'regression' : 'binary-classification', classes: ['a', 'b'] },
              async predict(rows) {
                const sample = (rows as string[][])[0]?.[0] === 'sample';
                check('before');
                if (!sample && !instance.ready) wrong.push(`${label} was asked before it was warm`);
                await scheduler.schedule(Promise.resolve(), `predict ${label}`);
                check('during');
                instance.ready = true;
                return (rows as string[][]).map(() => label);
              },
              dispose: () => void (instance.disposals += 1),
            };
          };
          const file = (label: string, answer = label): MemoryFile => ({
            bytes: label.padEnd(100, ' '),
            metadata: { name: 'fraud', samples: { rows: [['sample']], predict: [answer] } },
          });
          const files = createMemoryRepository({
            ...Object.fromEntries([...GOOD, 'v0.1', 'v0.2'].map((label) => [`fraud_${label}.mock`, file(label)])),
            'fraud_v0.3.mock': file('v0.3', 'something else'),
            ...Object.fromEntries(
              [0, 1, 2].map((i) => [`other${i}_v1.mock`, { ...file(`other${i}`), metadata: { name: `other${i}` } }]),
            ),
          });
          const repository = {
            ...files,
            index: () => scheduler.schedule(Promise.resolve(), 'look').then(() => files.index()),
          };
          const registry = new MLServiceRegistry({
            env: {},
            clock,
            repository,
            loaders: [
              createMockLoader({ model: ({ artefact }) => make(new TextDecoder().decode(artefact.bytes).trim()) }),
            ],
            // Room for all that is served, one that comes and one more; what waits for room waits for the scheduler alone.
            cache: { maxBytes: 550, minResidencyMs: 0, maxWaitMs: 1_000_000 },
            backoff: { initialMs: 0, maxMs: 0 },
            loadTimeoutMs: 1_000_000,
          });
          const expected = new Expected();
          let closed = false;
          registry.on('swap:start', ({ trigger, requested }) => expected.start(trigger, requested));
          registry.on('swap:error', () => expected.fail());
          registry.on('swap:end', ({ trigger, version, changed }) => {
            expected.end(trigger, version as string);
            if (changed) seen[trigger === 'rollback' ? 'rollbacks' : 'swaps'] += 1;
          });
          registry.on('cache:evict', ({ reason }) => void (seen.evictions += Number(reason === 'budget')));
          const versionOf = (version: Asked): string | undefined =>
            /_(v[\d.]+)\.mock$/.exec(registry.modelHealth('fraud', version).artefact ?? '')?.[1];
          const check = (): void => {
            const { residentBytes, reservedBytes, budgetBytes } = registry.health().memory;
            expect(residentBytes + reservedBytes).toBeLessThanOrEqual(budgetBytes);
            expect(wrong).toEqual([]);
            // Health names nothing that may not be served now.
            for (const version of Object.keys(ASKED) as Asked[]) {
              const served = versionOf(version);
              if (served === undefined || registry.modelHealth('fraud', version).state !== 'ready') continue;
              expect([expected.now[version], expected.underWay?.[version]]).toContain(served);
            }
          };
          const predict = async (version: Asked): Promise<void> => {
            const { state } = registry.modelHealth('fraud', version);
            // A swap whose switch is done cannot be seen undone.
            const next = expected.underWay?.[version];
            const switched = state === 'ready' && next !== expected.now[version] && next === versionOf(version);
            const first = switched ? expected.states.length : expected.states.length - 1;
            if (state !== 'ready') seen.waited += 1;
            try {
              const answer = await registry.model('fraud', version).predictOne(['real']);
              const last = expected.underWay === undefined ? [] : [expected.underWay];
              const allowed = [...expected.states, ...last].slice(first).map((one) => one[version]);
              if (!allowed.includes(answer as string))
                wrong.push(`${version} was answered by ${String(answer)}, not by ${allowed.join(' or ')}`);
              seen.answers += 1;
            } catch (error) {
              const code = MLServiceError.isInstance(error) ? error.code : undefined;
              if (!closed || code !== 'ML_REGISTRY_CLOSED')
                wrong.push(`a call for ${version} failed: ${String(error)}`);
            }
          };
          const running: Promise<unknown>[] = [];
          const unloads = commands.some((one) => one.do === 'unload');
          // Refused swaps are part of the game; which refusals there may be is not.
          const mayFail = async (work: Promise<unknown>, ...codes: string[]): Promise<void> => {
            try {
              await work;
            } catch (error) {
              seen.failures += 1;
              const { code, details } = error as MLServiceError;
              // What is to serve may be unloaded on purpose before it does.
              if (code === 'ML_SWAP_FAILED' && details.step === 'switch' && unloads) return;
              if (!(closed ? [...codes, 'ML_REGISTRY_CLOSED'] : codes).includes(code)) wrong.push(String(error));
            }
          };
          const step = async (): Promise<void> => {
            if (scheduler.count() > 0) await scheduler.waitOne();
            else await clock.advance(1);
            check();
          };
          const until = async (work: Promise<unknown>): Promise<void> => {
            const all = { ended: false, failure: undefined as unknown };
            work.then(
              () => (all.ended = true),
              (error: unknown) => Object.assign(all, { ended: true, failure: error }),
            );
            for (let i = 0; i < 2_000 && !all.ended; i++) await step();
            if (all.failure !== undefined) throw all.failure;
            expect(all.ended).toBe(true);
          };
          for (const version of Object.keys(ASKED) as Asked[]) await until(predict(version));
          for (const one of commands) {
            if (one.do === 'predict') running.push(predict(one.version));
            else if (one.do === 'swap') {
              const controller = new AbortController();
              const { to } = one;
              const refusals =
                to === 'v0.2'
                  ? ['ML_SWAP_INCOMPATIBLE']
                  : to === 'v0.3'
                    ? ['ML_SWAP_SAMPLES']
                    : /^v(0|9)/.test(to)
                      ? ['ML_SWAP_FAILED']
                      : [];
              const codes = one.aborts ? [...refusals, 'ML_ABORTED'] : refusals;
              running.push(
                mayFail(registry.swap('fraud', { to, policy: one.policy, signal: controller.signal }), ...codes),
              );
              if (one.aborts)
                running.push(scheduler.schedule(Promise.resolve(), 'abort').then(() => controller.abort()));
            } else if (one.do === 'rollback') {
              running.push(mayFail(registry.rollback('fraud', { policy: one.policy }), 'ML_SWAP_NO_PREVIOUS'));
            } else if (one.do === 'unload') running.push(registry.unload('fraud', one.version));
            else if (one.do === 'other') running.push(mayFail(registry.load(`other${one.which}`)));
            else if (one.do === 'load') running.push(mayFail(registry.load('fraud', one.version)));
            else await clock.advance(one.ms);
            await step();
          }
          if (!closesEarly) {
            await until(Promise.all(running));
            // In the end everything stands for what the last swap or rollback says.
            for (const version of Object.keys(ASKED) as Asked[]) {
              const last = registry.model('fraud', version).predictOne(['real']);
              await until(last);
              expect(await last).toBe(expected.now[version]);
            }
          }
          closed = true;
          await until(Promise.all([...running, registry.close()]));
          while (scheduler.count() > 0) await scheduler.waitOne();
          await settle();
          expect(registry.health().memory).toMatchObject({ residentBytes: 0, reservedBytes: 0, perModel: {} });
          expect(instances.every(({ disposals }) => disposals === 1)).toBe(true);
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
    // The game was played: each of these happened.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  }, 60_000);
});
