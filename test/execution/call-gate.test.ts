import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors/input-error.ts';
import { WorkerError } from '../../src/errors/worker-error.ts';
import { createInlineRunner } from '../../src/execution/inline-runner.ts';
import type { LoadedModel } from '../../src/spec/model-loader.ts';
import type { Rows } from '../../src/spec/rows.ts';
import { gateFixture } from './gate-fixture.ts';
import { ScheduledRunner, turn } from './scheduled-runner.ts';

/** Doubles each row's first value; a negative one is a bad row. */
function doubling(rowsIndependent = true): LoadedModel & { readonly sizes: number[] } {
  const sizes: number[] = [];
  return {
    rowsIndependent,
    sizes,
    predict(rows: Rows) {
      const list = rows as readonly (readonly number[])[];
      sizes.push(list.length);
      return list.map(([value = 0], i) => {
        if (value < 0) throw new InputError('ML_INPUT_DTYPE', `row ${i} is negative`);
        return value * 2;
      });
    },
    predictProba(rows: Rows) {
      const list = rows as readonly (readonly number[])[];
      const data = Float64Array.from(list.flatMap(([value = 0]) => [value, 1 - value]));
      return { data, shape: [list.length, 2], dtype: 'float64' };
    },
  };
}

describe('calls that wait together', () => {
  it('become one run, and get their own rows back', async () => {
    const runner = new ScheduledRunner();
    const { ask } = gateFixture(runner);
    const model = doubling();
    const first = ask(model, [[1]]);
    await turn();
    const others = [ask(model, [[2]]), ask(model, [[3], [4]]), ask(model, [[5]])];
    expect(runner.started).toHaveLength(1);
    runner.started[0]?.end();
    await turn();
    expect(runner.sizes).toEqual([1, 4]);
    await runner.drain();
    expect(await first.answer).toEqual([2]);
    expect(await Promise.all(others.map(({ answer }) => answer))).toEqual([[4], [6, 8], [10]]);
  });

  it.each([
    ['holds the event loop, are as many as take inlineMs', true, 4],
    ['computes elsewhere, however near, are as many as take workerMs', false, 25],
  ])('where the model %s', async (_, holdsLoop, rows) => {
    const runner = new ScheduledRunner({ place: 'inline', holdsLoop });
    const { ask, clock, gate } = gateFixture(runner, { batch: { inlineMs: 4, workerMs: 25 } });
    const model = doubling();
    ask(model, [[1]]);
    await turn();
    // One row took a millisecond.
    await clock.advance(1);
    await runner.drain();
    expect(gate.status()[0]?.rowLimit).toBe(rows);
  });

  it('of one turn of the event loop become one run without waiting for any other', async () => {
    const runner = new ScheduledRunner();
    const { ask } = gateFixture(runner);
    const model = doubling();
    const calls = [1, 2, 3].map((value) => ask(model, [[value]]));
    await Promise.resolve();
    expect(runner.sizes).toEqual([3]);
    await runner.drain();
    expect(await Promise.all(calls.map(({ answer }) => answer))).toEqual([[2], [4], [6]]);
  });

  it('get tensors of their own memory', async () => {
    const runner = new ScheduledRunner();
    const { ask } = gateFixture(runner);
    const model = doubling();
    const calls = [0.25, 0.5].map((value) => ask(model, [[value]], {}, 'predictProba'));
    await turn();
    await runner.drain();
    const [a, b] = (await Promise.all(calls.map(({ answer }) => answer))) as { data: Float64Array; shape: number[] }[];
    expect([a?.shape, [...(a?.data ?? [])]]).toEqual([
      [1, 2],
      [0.25, 0.75],
    ]);
    expect([...(b?.data ?? [])]).toEqual([0.5, 0.5]);
    expect(a?.data.buffer).not.toBe(b?.data.buffer);
  });

  it('of a model whose rows influence each other are never put into one call', async () => {
    const runner = new ScheduledRunner();
    const { ask } = gateFixture(runner);
    const model = doubling(false);
    const calls = [1, 2, 3].map((value) => ask(model, [[value]]));
    await turn();
    // Sent together, each on its own.
    expect(runner.started[0]?.inputs).toEqual([[[1]], [[2]], [[3]]]);
    await runner.drain();
    expect(await Promise.all(calls.map(({ answer }) => answer))).toEqual([[2], [4], [6]]);
    expect(model.sizes).toEqual([1, 1, 1]);
  });

  it.each([
    ['other lengths', [[1]], [[2, 2]]],
    ['records beside arrays', [[1]], [{ a: 2 }]],
    [
      'tensors of another type',
      { data: Float32Array.of(1), shape: [1, 1], dtype: 'float32' },
      { data: Float64Array.of(1), shape: [1, 1], dtype: 'float64' },
    ],
    ['no rows', [[1]], []],
  ])('are not mixed with %s', async (_, a, b) => {
    const runner = new ScheduledRunner({ parallel: 4 });
    const { ask } = gateFixture(runner);
    const model: LoadedModel = { rowsIndependent: true, predict: () => [] };
    ask(model, a);
    ask(model, b);
    await turn();
    expect(runner.started.map(({ inputs }) => inputs)).toEqual([[a], [b]]);
  });

  it('of other methods are other runs', async () => {
    const runner = new ScheduledRunner({ parallel: 4 });
    const { ask } = gateFixture(runner);
    const model = doubling();
    ask(model, [[1]]);
    ask(model, [[1]], {}, 'predictProba');
    await turn();
    expect(runner.started.map(({ method }) => method)).toEqual(['predict', 'predictProba']);
  });

  it('with a bad row among them: it fails alone', async () => {
    const runner = new ScheduledRunner();
    const { ask } = gateFixture(runner);
    const model = doubling();
    const calls = [[[1]], [[-1]], [[2], [3]]].map((rows) => ask(model, rows));
    await turn();
    await runner.drain();
    expect(await calls[0]?.answer).toEqual([2]);
    await expect(calls[1]?.answer).rejects.toMatchObject({ code: 'ML_INPUT_DTYPE', message: 'row 0 is negative' });
    expect(await calls[2]?.answer).toEqual([4, 6]);
  });

  it('all fail, once, when their worker ends: nobody tries again what may end the next one', async () => {
    const runner = new ScheduledRunner();
    const { ask } = gateFixture(runner);
    const model = doubling();
    const calls = [1, 2].map((value) => ask(model, [[value]]));
    await turn();
    runner.started[0]?.fail(new WorkerError('ML_WORKER_CRASHED', 'crashed with SIGSEGV'));
    await turn();
    for (const { answer } of calls) await expect(answer).rejects.toMatchObject({ code: 'ML_WORKER_CRASHED' });
    expect(runner.sizes).toEqual([2]);
  });

  it('get a run each where the model gives another number of answers', async () => {
    const runner = new ScheduledRunner();
    const { ask } = gateFixture(runner);
    const model: LoadedModel = { rowsIndependent: true, predict: () => ['one for all'] };
    const calls = [1, 2].map((value) => ask(model, [[value]]));
    await turn();
    await runner.drain();
    expect(await Promise.all(calls.map(({ answer }) => answer))).toEqual([['one for all'], ['one for all']]);
  });
});

describe('the size of a run', () => {
  it('is bounded in rows, not in calls', async () => {
    const runner = new ScheduledRunner();
    const { ask } = gateFixture(runner, { batch: { maxRows: 5 } });
    const model = doubling();
    for (const count of [2, 2, 2, 9, 1])
      ask(
        model,
        Array.from({ length: count }, () => [1]),
      );
    await turn();
    await runner.drain();
    expect(runner.sizes).toEqual([4, 2, 9, 1]);
  });

  it('with a bound of 1 joins nothing', async () => {
    const runner = new ScheduledRunner();
    const { ask } = gateFixture(runner, { batch: { maxRows: 1 } });
    const model = doubling();
    for (const value of [1, 2, 3]) ask(model, [[value]]);
    await turn();
    await runner.drain();
    expect(runner.sizes).toEqual([1, 1, 1]);
  });
});

describe('a caller', () => {
  it('that aborts while it waits leaves the run that it would have been in', async () => {
    const runner = new ScheduledRunner();
    const { ask, gate } = gateFixture(runner);
    const model = doubling();
    ask(model, [[1]]);
    await turn();
    const abort = new AbortController();
    const gone = ask(model, [[2]], { signal: abort.signal });
    const stays = ask(model, [[3]]);
    abort.abort();
    await expect(gone.answer).rejects.toMatchObject({ code: 'ML_ABORTED' });
    expect(gone.told).toEqual({ succeeded: 0, failed: 1, ended: 1 });
    await runner.drain();
    expect(runner.sizes).toEqual([1, 1]);
    expect(await stays.answer).toEqual([6]);
    expect(gate.status()[0]).toMatchObject({ queued: 0, running: 0, calls: 2 });
  });

  it('that aborts while it is computed is let go; its work ends later', async () => {
    const runner = new ScheduledRunner();
    const { ask } = gateFixture(runner);
    const abort = new AbortController();
    const call = ask(doubling(), [[2]], { signal: abort.signal });
    await turn();
    abort.abort();
    await expect(call.answer).rejects.toMatchObject({ code: 'ML_ABORTED' });
    expect(call.told.ended).toBe(0);
    // An abort alone stops no worker.
    expect(runner.abandoned).toBe(0);
    await runner.drain();
    expect(call.told).toEqual({ succeeded: 0, failed: 1, ended: 1 });
  });

  it('whose time is over before its turn never starts', async () => {
    const runner = new ScheduledRunner();
    const { ask, clock } = gateFixture(runner);
    const model = doubling();
    ask(model, [[1]]);
    await turn();
    const call = ask(model, [[2]], { timeoutMs: 50 });
    await clock.advance(50);
    await expect(call.answer).rejects.toMatchObject({
      code: 'ML_DEADLINE_EXCEEDED',
      details: { timeoutMs: 50, started: false },
    });
    await runner.drain();
    expect(runner.sizes).toEqual([1]);
  });

  it('whose time is over during its run lets the run be stopped when nobody else waits for it', async () => {
    const runner = new ScheduledRunner();
    const { ask, clock } = gateFixture(runner);
    const model = doubling();
    const short = ask(model, [[1]], { timeoutMs: 10 });
    const long = ask(model, [[2]], { timeoutMs: 100 });
    await turn();
    await clock.advance(10);
    await expect(short.answer).rejects.toMatchObject({ code: 'ML_DEADLINE_EXCEEDED', details: { started: true } });
    // The other one is given as long again, and a little more.
    await clock.advance(29);
    expect(runner.abandoned).toBe(0);
    await clock.advance(1);
    expect(runner.abandoned).toBe(1);
    runner.started[0]?.fail(new WorkerError('ML_WORKER_CRASHED', 'ended', { details: { killed: 'deadline' } }));
    await turn();
    await runner.drain();
    expect(await long.answer).toEqual([4]);
    expect(runner.sizes).toEqual([2, 1]);
  });

  it('that is alone in a run is let go together with the run', async () => {
    const runner = new ScheduledRunner();
    const { ask, clock } = gateFixture(runner);
    const call = ask(doubling(), [[1]], { timeoutMs: 10 });
    await turn();
    await clock.advance(10);
    await expect(call.answer).rejects.toMatchObject({ code: 'ML_DEADLINE_EXCEEDED', details: { started: true } });
    expect(runner.abandoned).toBe(1);
  });

  it('of high priority starts before those that came earlier', async () => {
    const runner = new ScheduledRunner();
    const { ask } = gateFixture(runner, { batch: { maxRows: 1 } });
    const model = doubling();
    ask(model, [[0]]);
    await turn();
    const order: string[] = [];
    const note = (name: string, priority: 'high' | 'normal' | 'low'): void => {
      void ask(model, [[1]], { priority }).answer.then(() => order.push(name));
    };
    note('low', 'low');
    note('normal', 'normal');
    note('high', 'high');
    await runner.drain();
    expect(order).toEqual(['high', 'normal', 'low']);
  });
});

describe('admission', () => {
  it('refuses at once what would make the queue longer than its bound', async () => {
    const runner = new ScheduledRunner();
    const { ask, gate } = gateFixture(runner, { admission: { maxQueue: 2 }, batch: { maxRows: 1 } });
    const model = doubling();
    const running = ask(model, [[1]]);
    await turn();
    const waiting = [ask(model, [[2]]), ask(model, [[3]])];
    const refused = ask(model, [[4]]);
    await expect(refused.answer).rejects.toMatchObject({
      code: 'ML_OVERLOADED',
      retryable: true,
      details: { limit: 'maxQueue', value: 2, retryAfterMs: expect.any(Number) },
    });
    expect(gate.status()[0]?.queued).toBe(2);
    await runner.drain();
    expect(await Promise.all([running, ...waiting].map(({ answer }) => answer))).toEqual([[2], [4], [6]]);
  });

  it('counts bytes, of one model and of all', async () => {
    const runner = new ScheduledRunner();
    const { ask, admission } = gateFixture(runner, { admission: { maxQueuedBytes: 1_000 } });
    const model = doubling();
    ask(model, [[1]]);
    await turn();
    const rows = [new Float64Array(100)];
    const fits = ask(model, rows);
    const refused = ask(model, rows);
    await expect(refused.answer).rejects.toMatchObject({ code: 'ML_OVERLOADED', details: { limit: 'maxQueuedBytes' } });
    await runner.drain();
    await fits.answer;
    expect(admission.queued).toBe(0);
    expect(admission.exceeded(Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });

  it('refuses what waited too long for its turn', async () => {
    const runner = new ScheduledRunner();
    const { ask, clock } = gateFixture(runner, { admission: { maxWaitMs: 100 }, batch: { maxRows: 1 } });
    const model = doubling();
    ask(model, [[1]]);
    await turn();
    const late = ask(model, [[2]]);
    await clock.advance(101);
    await runner.drain();
    await expect(late.answer).rejects.toMatchObject({ code: 'ML_OVERLOADED', details: { limit: 'maxWaitMs' } });
  });

  it('lets models take turns where all of them together are bounded', async () => {
    const runner = new ScheduledRunner({ parallel: 8 });
    const { ask, admission } = gateFixture(runner, { admission: { maxTotalConcurrency: 2 }, batch: { maxRows: 1 } });
    const model = doubling();
    const calls = [1, 2, 3, 4, 5].map((value) => ask(model, [[value]]));
    await turn();
    expect(runner.started).toHaveLength(2);
    expect(admission.running).toBe(2);
    await runner.drain();
    expect(await Promise.all(calls.map(({ answer }) => answer))).toEqual([[2], [4], [6], [8], [10]]);
    expect(admission.running).toBe(0);
  });

  it('lets a model on the event loop have several runs at once, where rows are not joined', async () => {
    const { ask } = gateFixture(createInlineRunner(3));
    let running = 0;
    let most = 0;
    const model: LoadedModel = {
      async predict() {
        running += 1;
        most = Math.max(most, running);
        await turn();
        running -= 1;
        return [1] as unknown as ArrayLike<number>;
      },
    } as unknown as LoadedModel;
    await Promise.all(Array.from({ length: 10 }, () => ask(model, [[1]]).answer));
    expect(most).toBe(3);
  });
});

describe('whatever callers and the model do, and in which order', () => {
  type Step =
    | {
        readonly do: 'ask';
        readonly rows: readonly number[];
        readonly width: number;
        readonly priority: 'high' | 'normal' | 'low';
        readonly timeoutMs: number | undefined;
      }
    | { readonly do: 'end'; readonly index: number }
    | { readonly do: 'abort'; readonly index: number }
    | { readonly do: 'wait'; readonly ms: number }
    | { readonly do: 'turn' };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('ask' as const),
        rows: fc.array(fc.integer({ min: -2, max: 100 }), { maxLength: 4 }),
        width: fc.integer({ min: 1, max: 2 }),
        priority: fc.constantFrom('high', 'normal', 'low'),
        timeoutMs: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), index: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), index: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 50 }) }) },
    { weight: 3, arbitrary: fc.constant({ do: 'turn' as const }) },
  );

  it('every call gets its own answer or its own error, once, and nothing is left behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.record({
          parallel: fc.integer({ min: 1, max: 3 }),
          maxRows: fc.integer({ min: 1, max: 6 }),
          joins: fc.boolean(),
          inline: fc.boolean(),
        }),
        async (steps, { parallel, maxRows, joins, inline }) => {
          const runner = new ScheduledRunner({
            parallel,
            place: inline ? 'inline' : 'thread',
            maxCalls: inline ? 1 : 8,
          });
          const { ask, gate, admission, clock } = gateFixture(runner, {
            batch: { maxRows },
            admission: { maxQueue: 6, maxWaitMs: 200 },
          });
          const model = doubling(joins);
          const calls: {
            readonly rows: readonly number[];
            readonly call: ReturnType<typeof ask>;
            readonly abort: AbortController;
          }[] = [];
          for (const one of steps) {
            if (one.do === 'ask') {
              const abort = new AbortController();
              const { priority, timeoutMs } = one;
              const input = one.rows.map((value) => Array.from({ length: one.width }, () => value));
              const options = { signal: abort.signal, priority, ...(timeoutMs !== undefined && { timeoutMs }) };
              calls.push({ rows: one.rows, abort, call: ask(model, input, options) });
            } else if (one.do === 'end') runner.started[one.index]?.end();
            else if (one.do === 'abort') calls[one.index]?.abort.abort();
            else if (one.do === 'wait') await clock.advance(one.ms);
            else await turn();
            expect(gate.status().reduce((sum, { queued }) => sum + queued, 0)).toBeLessThanOrEqual(6);
          }
          await turn();
          await runner.drain();
          for (const { rows, call } of calls) {
            expect(call.told.succeeded + call.told.failed).toBe(1);
            expect(call.told.ended).toBe(1);
            const [outcome] = await Promise.allSettled([call.answer]);
            if (outcome?.status === 'fulfilled') expect(outcome.value).toEqual(rows.map((value) => value * 2));
            else {
              const { code } = (outcome as PromiseRejectedResult).reason as { code: string };
              const known = ['ML_ABORTED', 'ML_DEADLINE_EXCEEDED', 'ML_OVERLOADED', 'ML_INPUT_DTYPE'];
              expect(known).toContain(code);
              expect(code === 'ML_INPUT_DTYPE' && !rows.some((value) => value < 0)).toBe(false);
            }
          }
          const status = gate.status();
          expect(status.every(({ queued, running }) => queued === 0 && running === 0)).toBe(true);
          expect([admission.queued, admission.running]).toEqual([0, 0]);
          await gate.idle();
          // A call larger than the bound runs alone, so that a run has at most that or one call's rows.
          expect(runner.sizes.every((size) => size <= Math.max(maxRows, 4))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
