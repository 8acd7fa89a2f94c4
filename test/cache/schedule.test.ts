import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CacheEntry } from '../../src/cache/cache-entry.ts';
import { Block, makeCache, settle } from './cache-fixture.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e'] as const;

const command = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('acquire' as const),
      key: fc.constantFrom(...KEYS),
      estimate: fc.nat(70),
      bytes: fc.nat(70),
      fails: fc.boolean(),
      aborts: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), key: fc.constantFrom(...KEYS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
);

describe('under any order of calls, loads, failures, aborts and unloads', () => {
  it('the budget holds at every step, nothing is disposed under a lease, and all is freed in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(command, { minLength: 5, maxLength: 40 }),
        async (scheduler, commands) => {
          const { cache, clock } = makeCache({
            minResidencyMs: 20,
            idleTtlMs: 300,
            maxWaitMs: 100,
            backoff: { initialMs: 0, maxMs: 0 },
          });
          const made: Block[] = [];
          const held: CacheEntry<Block>[] = [];
          const running: Promise<unknown>[] = [];
          const check = (): void => {
            const { residentBytes, reservedBytes, budgetBytes, perModel } = cache.memory();
            expect(residentBytes + reservedBytes).toBeLessThanOrEqual(budgetBytes);
            expect(residentBytes).toBeGreaterThanOrEqual(0);
            expect(reservedBytes).toBeGreaterThanOrEqual(0);
            expect(Object.values(perModel).reduce((a, b) => a + b, 0)).toBe(residentBytes);
            for (const entry of held) expect(entry.value.disposals).toBe(0);
          };
          for (const one of commands) {
            if (one.do === 'acquire') {
              const controller = new AbortController();
              const call = cache.acquire({
                key: one.key,
                estimate: one.estimate,
                pinned: false,
                signal: controller.signal,
                load: async (_signal, makeRoom) => {
                  await scheduler.schedule(Promise.resolve(), `read ${one.key}`);
                  await makeRoom();
                  check();
                  await scheduler.schedule(Promise.resolve(), `build ${one.key}`);
                  if (one.fails) throw new Error('broken');
                  const block = new Block(one.bytes);
                  made.push(block);
                  return block;
                },
              });
              const take = async (): Promise<void> => {
                held.push(await call);
                check();
              };
              running.push(take().catch(() => undefined));
              if (one.aborts)
                running.push(scheduler.schedule(Promise.resolve(), 'abort').then(() => controller.abort()));
            } else if (one.do === 'release') {
              held.splice(one.which % Math.max(1, held.length), 1)[0]?.release();
            } else if (one.do === 'drop') {
              running.push(cache.drop(one.key, 'unload', 50).catch(() => undefined));
            } else {
              await clock.advance(one.ms);
            }
            if (scheduler.count() > 0) await scheduler.waitOne();
            check();
          }
          const all = Promise.all(running);
          const ended = { all: false };
          const finish = async (): Promise<void> => {
            await all;
            ended.all = true;
          };
          void finish();
          for (let i = 0; i < 500 && !ended.all; i++) {
            if (scheduler.count() > 0) await scheduler.waitOne();
            else await clock.advance(50);
            check();
          }
          expect(ended.all).toBe(true);
          for (const entry of held.splice(0)) entry.release();
          const errors = await cache.close(new Error('closed'), 1_000);
          // Loads whose callers left may still be under way: they end without a trace.
          while (scheduler.count() > 0) await scheduler.waitOne();
          await settle();
          expect(errors).toEqual([]);
          expect(cache.memory()).toMatchObject({ residentBytes: 0, reservedBytes: 0, perModel: {} });
          expect(made.every((block) => block.disposals === 1)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);
});
