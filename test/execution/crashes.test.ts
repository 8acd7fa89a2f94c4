import { describe, expect, it } from 'vitest';
import type { MLServiceError, ServiceEventMap } from '../../src/index.ts';
import { loadScript, until } from './worker-fixture.ts';

type Crash = ServiceEventMap['execution:crash'];

/** Whether a process with this id is there. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a child process', () => {
  it.each([
    ['aborts', 'abort', 'crashed with SIGABRT'],
    ['ends', 'exit', 'ended with code 7'],
    ['is killed, as the system does when memory runs out', 'kill', 'SIGKILL'],
  ])('that %s fails the call in it; the model is there again, and others notice nothing', async (_, order, reason) => {
    const crashes: Crash[] = [];
    const restarts: unknown[] = [];
    const model = await loadScript({ predict: 'obey' }, 'process', {
      on: { 'execution:crash': (crash) => crashes.push(crash), 'execution:restart': (one) => restarts.push(one) },
    });
    const other = await loadScript({ predict: 'double' }, 'process');
    const failed = model.predict([[order, 1]]);
    const meanwhile = Promise.all([1, 2, 3].map((value) => other.predict([[value]])));
    await expect(failed).rejects.toMatchObject({
      code: 'ML_WORKER_CRASHED',
      retryable: true,
      message: expect.stringContaining(reason),
    });
    expect(await meanwhile).toEqual([[2], [4], [6]]);
    expect(await model.predict([['say', 5]])).toEqual([5]);
    expect(crashes).toMatchObject([{ place: 'process', reason: 'crash', inARow: 1, restartInMs: 0 }]);
    expect(restarts).toHaveLength(1);
    await model.dispose();
    await other.dispose();
  });

  it('that hangs past the time of its call is killed; calls that wait are answered by the next one', async () => {
    const crashes: Crash[] = [];
    const model = await loadScript({ predict: 'obey' }, 'process', {
      on: { 'execution:crash': (crash) => crashes.push(crash) },
    });
    const [pid] = (await model.predict([['pid', 0]])) as number[];
    const hung = model.predict([['hang', 0]], { timeoutMs: 60 });
    const waiting = model.predict([['say', 9]]);
    await expect(hung).rejects.toMatchObject({ code: 'ML_DEADLINE_EXCEEDED', details: { started: true } });
    expect(await waiting).toEqual([9]);
    expect(crashes).toMatchObject([{ reason: 'deadline' }]);
    await until(() => !alive(pid as number));
    await model.dispose();
  });

  it('that hangs without anybody having set a time is killed too', async () => {
    const model = await loadScript({ predict: 'obey' }, 'process', { execution: { killAfterMs: 80 } });
    await expect(model.predict([['hang', 0]])).rejects.toMatchObject({
      code: 'ML_WORKER_CRASHED',
      details: { killed: 'hang' },
    });
    expect(await model.predict([['say', 1]])).toEqual([1]);
    await model.dispose();
  });

  it('that crashes again and again is given up, and says so', async () => {
    const crashes: Crash[] = [];
    const model = await loadScript({ predict: 'obey' }, 'process', {
      execution: { maxRestarts: 2 },
      on: { 'execution:crash': (crash) => crashes.push(crash) },
    });
    for (let i = 0; i < 3; i++)
      await expect(model.predict([['abort', 0]])).rejects.toMatchObject({ code: 'ML_WORKER_CRASHED' });
    await until(() => crashes.length === 3);
    expect(crashes.map(({ restartInMs }) => restartInMs)).toEqual([0, 1, undefined]);
    await expect(model.predict([['say', 1]])).rejects.toMatchObject({ code: 'ML_WORKER_GIVEN_UP' });
    await model.dispose();
  });

  it('that crashes while it loads fails the load', async () => {
    await expect(loadScript({ crashOnLoad: true }, 'process')).rejects.toMatchObject({ code: 'ML_WORKER_CRASHED' });
  });

  it('is gone after its model was disposed', async () => {
    const model = await loadScript({ predict: 'obey' }, 'process');
    const [pid] = (await model.predict([['pid', 0]])) as number[];
    expect(alive(pid as number)).toBe(true);
    await model.dispose();
    await until(() => !alive(pid as number));
  });

  it('killed over and over leaves no child, no lost answer and no unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const pids = new Set<number>();
    const model = await loadScript({ predict: 'obey' }, 'process', { execution: { maxRestarts: 1 } });
    // On a busy machine a call can be late before it began: then there is nothing to kill.
    let killed = 0;
    for (let i = 0; i < 200 && killed < 12; i++) {
      const [pid] = (await model.predict([['pid', 0]])) as number[];
      pids.add(pid as number);
      expect(pids.size).toBe(killed + 1);
      const error = await model.predict([['hang', 0]], { timeoutMs: 5 }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ML_DEADLINE_EXCEEDED' });
      if ((error as MLServiceError).details['started'] === true) killed += 1;
    }
    expect(killed).toBe(12);
    await model.dispose();
    await until(() => ![...pids].some(alive));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

describe('a thread', () => {
  it('that ends by itself fails the call in it and is started again', async () => {
    const model = await loadScript({ predict: 'obey' }, 'thread');
    await expect(model.predict([['exit', 0]])).rejects.toMatchObject({ code: 'ML_WORKER_CRASHED' });
    expect(await model.predict([['say', 2]])).toEqual([2]);
    await model.dispose();
  });

  it('is never ended while it computes: a late call is let go, its work ends unseen', async () => {
    const crashes: Crash[] = [];
    const model = await loadScript({ predict: 'obey' }, 'thread', {
      on: { 'execution:crash': (crash) => crashes.push(crash) },
    });
    await expect(model.predict([['work', 200]], { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'ML_DEADLINE_EXCEEDED',
    });
    expect(await model.predict([['say', 3]])).toEqual([3]);
    expect(crashes).toEqual([]);
    await model.dispose();
  });
});
