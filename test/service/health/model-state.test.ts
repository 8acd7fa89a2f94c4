import { describe, expect, it, vi } from 'vitest';
import { ModelStateMachine, NEXT_STATE, type Occurrence } from '../../../src/service/health/model-state.ts';
import type { ModelState } from '../../../src/spec/health.ts';

/** How to get a new machine into each state. */
const WAY: Record<ModelState, Occurrence[]> = {
  unloaded: [],
  loading: ['load-started'],
  ready: ['load-started', 'load-ended'],
  failed: ['load-started', 'load-failed'],
  unloading: ['load-started', 'load-ended', 'unload-started'],
};
const STATES = Object.keys(WAY) as ModelState[];
const OCCURRENCES: Occurrence[] = [
  'load-started',
  'load-ended',
  'load-failed',
  'load-abandoned',
  'evicted',
  'given-up',
  'unload-started',
  'unload-ended',
  'reset',
];
/** Written down a second time on purpose: rows are states, columns occurrences in the order above. */
const EXPECTED: Record<ModelState, string> = {
  unloaded: 'loading - - - - - - - -',
  loading: '- ready failed unloaded - - - - unloaded',
  ready: '- - - - unloaded failed unloading - unloaded',
  failed: 'loading - failed - - - - - unloaded',
  unloading: 'loading ready - - - - - unloaded unloaded',
};

function machineIn(state: ModelState): ModelStateMachine {
  const machine = new ModelStateMachine();
  for (const what of WAY[state]) machine.happened(what);
  expect(machine.state).toBe(state);
  return machine;
}

describe('each state and each occurrence', () => {
  it.each(STATES)('%s', (state) => {
    const row = OCCURRENCES.map((what) => {
      const machine = machineIn(state);
      const change = machine.happened(what, { reason: 'told' });
      expect(change).toEqual(change && { from: state, to: machine.state, reason: 'told' });
      if (change === undefined) expect(machine.state).toBe(state);
      return change === undefined ? '-' : machine.state;
    });
    expect(row.join(' ')).toBe(EXPECTED[state]);
  });

  it('covers every state and occurrence that the table knows', () => {
    expect(Object.keys(NEXT_STATE).sort()).toEqual([...STATES].sort());
    const named = Object.values(NEXT_STATE).flatMap((row) => Object.keys(row));
    expect(OCCURRENCES).toEqual(expect.arrayContaining(named));
  });
});

describe('what else is known', () => {
  it('since when and why, kept while nothing changes', () => {
    vi.useFakeTimers({ now: 1_000 });
    try {
      const machine = new ModelStateMachine();
      vi.setSystemTime(2_000);
      machine.happened('load-started');
      vi.setSystemTime(3_000);
      machine.happened('load-failed', { reason: 'bad weights', code: 'ML_LOADER_FAILED' });
      expect(machine).toMatchObject({ since: 3_000, reason: 'bad weights', code: 'ML_LOADER_FAILED' });
      vi.setSystemTime(4_000);
      expect(machine.happened('load-failed', { reason: 'bad weights', code: 'ML_LOADER_FAILED' })).toBeUndefined();
      expect(machine.since).toBe(3_000);
      expect(machine.happened('load-failed', { reason: 'no file', code: 'ML_MODEL_NOT_FOUND' })).toEqual({
        from: 'failed',
        to: 'failed',
        reason: 'no file',
      });
      machine.happened('load-started');
      expect(machine).toMatchObject({ since: 4_000, reason: undefined, code: undefined });
    } finally {
      vi.useRealTimers();
    }
  });

  it('available: from the first load until a failure', () => {
    const machine = new ModelStateMachine();
    const seen = (
      ['load-started', 'load-ended', 'evicted', 'load-started', 'load-failed', 'load-started'] as const
    ).map((what) => (machine.happened(what), machine.available));
    expect(seen).toEqual([false, true, true, true, false, false]);
    machine.happened('load-ended');
    expect(machine.available).toBe(true);
    machine.happened('given-up');
    expect(machine.available).toBe(false);
  });
});
