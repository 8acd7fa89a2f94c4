import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../src/testing/index.ts';

describe('FakeClock', () => {
  it('stands still until it is moved', async () => {
    const clock = new FakeClock(1_000);
    expect([clock.now(), clock.date()]).toEqual([0, 1_000]);
    await clock.advance(250);
    expect([clock.now(), clock.date()]).toEqual([250, 1_250]);
  });

  it('fires timers in order, each at its own time, those made on the way too', async () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    clock.after(30, () => fired.push(`c at ${clock.now()}`));
    clock.after(10, () => {
      fired.push(`a at ${clock.now()}`);
      clock.after(10, () => fired.push(`b at ${clock.now()}`));
    });
    await clock.advance(30);
    expect(fired).toEqual(['a at 10', 'b at 20', 'c at 30']);
  });

  it('does not fire what was cancelled, or what lies ahead', async () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    const cancel = clock.after(5, () => fired.push('cancelled'));
    clock.after(11, () => fired.push('later'));
    cancel();
    await clock.advance(10);
    expect([fired, clock.pending]).toEqual([[], 1]);
  });

  it('lets promises settle between timers', async () => {
    const clock = new FakeClock();
    const order: string[] = [];
    clock.after(1, () => void Promise.resolve().then(() => order.push('promise')));
    clock.after(2, () => order.push('timer'));
    await clock.advance(2);
    expect(order).toEqual(['promise', 'timer']);
  });
});
