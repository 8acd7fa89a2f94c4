import { describe, expect, it } from 'vitest';
import { MLServiceError, type RegistryOptions } from '../../../src/index.ts';
import { deferred } from '../../../src/internal/deferred.ts';
import { createFakeModel, FakeClock } from '../../../src/testing/index.ts';
import { record, recordStates, settle } from '../registry-fixture.ts';
import { answer, type SwapFixture, swapFixture, type Version } from './swap-fixture.ts';

const SAMPLES = { rows: [[1], [2]], predict: ['v2', 'v2'] };

/** Serves v1, lets v2 fail, and checks that v1 goes on as if nothing had been. */
async function refused(
  v2: Version | undefined,
  policy: 'availability-first' | 'memory-first' = 'availability-first',
  options: RegistryOptions = {},
): Promise<{ error: unknown; fixture: SwapFixture }> {
  const v1: Version = { model: () => createFakeModel({ predict: ['v1'], classes: ['v1', 'v2'] }) };
  const fixture = swapFixture(v2 === undefined ? { v1 } : { v1, v2 }, options);
  const { registry, loaded } = fixture;
  const model = registry.model('fraud', 'v1');
  expect(await model.predictOne([1])).toBe('v1');
  const before = registry.health().memory;
  const events = record(registry, 'swap:end', 'swap:error');
  const error: unknown = await registry.swap('fraud', { to: 'v2', policy }).catch((caught: unknown) => caught);
  expect(MLServiceError.isInstance(error)).toBe(true);
  expect(events).toMatchObject([{ name: 'swap:error', payload: { error, step: (error as { step?: string }).step } }]);
  expect(await model.predictOne([1])).toBe('v1');
  expect((await registry.resolve('fraud', 'v1')).label).toBe('v1');
  expect(registry.modelHealth('fraud', 'v1')).toMatchObject({ state: 'ready', artefact: 'trained/fraud_v1.mock' });
  expect(registry.health().status).toBe('ok');
  // What was loaded for nothing is freed.
  for (const failed of loaded('v2')) expect(failed.disposals).toBe(1);
  expect(registry.health().memory).toEqual(before);
  await expect(registry.rollback('fraud')).rejects.toMatchObject({ code: 'ML_SWAP_NO_PREVIOUS' });
  return { error, fixture };
}

describe.each(['availability-first', 'memory-first'] as const)(
  '%s: the old version goes on serving where',
  (policy) => {
    it('there is no such version', async () => {
      const { error } = await refused(undefined, policy);
      expect(error).toMatchObject({
        code: 'ML_SWAP_FAILED',
        step: 'resolve',
        cause: { code: 'ML_MODEL_VERSION_NOT_FOUND' },
      });
      expect((error as Error).message).toMatch(
        /^fraud v2 does not take over, the step "resolve" failed: .*\bgoes on serving$/s,
      );
    });

    it('the bytes are not those of the checksum', async () => {
      const checksum = `sha256:${'0'.repeat(64)}`;
      const { error, fixture } = await refused({ metadata: { checksum } }, policy);
      expect(error).toMatchObject({ code: 'ML_SWAP_FAILED', step: 'load', cause: { code: 'ML_CHECKSUM_MISMATCH' } });
      expect(fixture.loads('v2')).toBe(0);
    });

    it('the new one does not load', async () => {
      const model = (): never => {
        throw new Error('bad weights');
      };
      const { error } = await refused({ model }, policy);
      expect(error).toMatchObject({
        code: 'ML_SWAP_FAILED',
        step: 'load',
        cause: { code: 'ML_LOADER_FAILED' },
        details: { step: 'load', code: 'ML_LOADER_FAILED', from: 'trained/fraud_v1.mock', to: 'trained/fraud_v2.mock' },
      });
    });

    it('the new one has other classes', async () => {
      const { error } = await refused(
        { model: () => createFakeModel({ predict: ['v2'], classes: ['v2', 'v1'] }) },
        policy,
      );
      expect(error).toMatchObject({
        code: 'ML_SWAP_INCOMPATIBLE',
        step: 'compare',
        details: { differences: [{ what: 'classes', part: '', before: '[v1, v2]', after: '[v2, v1]' }] },
        message: expect.stringContaining('\n  classes: [v1, v2] before, [v2, v1] now'),
      });
    });

    it('the new one does not answer its samples as its metadata says', async () => {
      const model = () => createFakeModel({ predict: ['v2', 'v1'], classes: ['v1', 'v2'] });
      const { error } = await refused({ model, metadata: { samples: SAMPLES } }, policy);
      expect(error).toMatchObject({
        code: 'ML_SWAP_SAMPLES',
        step: 'samples',
        message: 'trained/fraud_v2.mock does not take over: predict of sample row 1 is "v1", its metadata says "v2"',
        details: { step: 'samples', method: 'predict', row: 1, expected: 'v2', got: 'v1' },
      });
    });

    it('the new one cannot compute its samples', async () => {
      const model = () =>
        createFakeModel({
          classes: ['v1', 'v2'],
          predict: () => {
            throw new Error('no such operator');
          },
        });
      const { error } = await refused({ model, metadata: { samples: { rows: [[1]] } } }, policy);
      expect(error).toMatchObject({ code: 'ML_SWAP_SAMPLES', cause: { message: 'no such operator' } });
    });

    it('the new one never answers its samples', async () => {
      const clock = new FakeClock();
      const gate = deferred<string[]>();
      const model = () => createFakeModel({ classes: ['v1', 'v2'], predict: () => gate.promise });
      const running = refused({ model, metadata: { samples: SAMPLES } }, policy, {
        clock,
        loadTimeoutMs: 5_000,
        execution: { warmUp: false },
      });
      await settle();
      await clock.advance(5_000);
      // It is freed only when it has ended.
      gate.resolve(['v2', 'v2']);
      expect((await running).error).toMatchObject({
        code: 'ML_SWAP_SAMPLES',
        message: expect.stringContaining('loadTimeoutMs (5000 ms)'),
      });
    });
  },
);

describe('a new version that somebody else uses', () => {
  const build = () => {
    const asked = deferred<void>();
    const gate = deferred<string[]>();
    let samples = 0;
    const model = () =>
      createFakeModel({
        predict(rows) {
          if (rows.length === 1) return ['v2'];
          samples += 1;
          asked.resolve();
          return samples === 1 ? gate.promise : ['v2', 'v2'];
        },
      });
    const fixture = swapFixture(
      { v1: {}, v2: { model, metadata: { samples: SAMPLES } } },
      { execution: { warmUp: false } },
    );
    return { ...fixture, asked, gate };
  };

  it('and unloads before it could take over does not take over', async () => {
    const { registry, asked, gate, loaded } = build();
    await registry.load('fraud', 'v1');
    await registry.load('fraud', 'v2');
    const swapped = registry.swap('fraud', { to: 'v2' });
    const refusal = expect(swapped).rejects.toMatchObject({
      code: 'ML_SWAP_FAILED',
      step: 'switch',
      cause: { code: 'ML_MODEL_NOT_LOADED' },
    });
    await asked.promise;
    const unloaded = registry.unload('fraud', 'v2');
    gate.resolve(['v2', 'v2']);
    await Promise.all([refusal, unloaded]);
    expect(loaded('v2').map(({ disposals }) => disposals)).toEqual([1]);
    expect([await answer(registry, 'v1'), await answer(registry, 'v2')]).toEqual(['v1', 'v2']);
  });

  it('stays loaded for them when it does not take over', async () => {
    const { registry, asked, gate, loads } = build();
    await registry.load('fraud', 'v1');
    await registry.load('fraud', 'v2');
    const swapped = registry.swap('fraud', { to: 'v2' }).catch((error: unknown) => error);
    await asked.promise;
    gate.resolve(['v2', 'v1']);
    expect(await swapped).toMatchObject({ code: 'ML_SWAP_SAMPLES' });
    expect([await answer(registry, 'v1'), await answer(registry, 'v2'), loads('v2')]).toEqual(['v1', 'v2', 1]);
  });
});

describe('what callers may let pass', () => {
  it('force lets a version take over that differs, and the result lists how', async () => {
    const { registry } = swapFixture({
      v1: { model: () => createFakeModel({ predict: ['v1'], classes: ['v1'], featureNames: ['a'] }) },
      v2: { model: () => createFakeModel({ predict: ['v2'], classes: ['v2'], featureNames: ['a', 'b'] }) },
    });
    await registry.load('fraud', 'v1');
    const { differences } = await registry.swap('fraud', { to: 'v2', force: true });
    expect(differences.map(({ what }) => what)).toEqual(['featureNames', 'classes']);
    expect(await answer(registry)).toBe('v2');
  });

  it("samples: off compares nothing, require wants something to compare, a tolerance is the caller's", async () => {
    const proba = (p: number) => () => createFakeModel({ predict: ['a'], predictProba: [[p, 1 - p]] });
    const samples = { rows: [[1]], predict_proba: [[0.25, 0.75]] };
    const { registry } = swapFixture({
      v1: {},
      v2: { model: proba(0.26), metadata: { samples } },
      v3: { model: proba(0.25 + 1e-6), metadata: { samples } },
      v4: { model: proba(0.25) },
    });
    await registry.load('fraud', 'v1');
    await expect(registry.swap('fraud', { to: 'v2' })).rejects.toMatchObject({ code: 'ML_SWAP_SAMPLES' });
    await expect(registry.swap('fraud', { to: 'v4', samples: 'require' })).rejects.toMatchObject({
      code: 'ML_SWAP_SAMPLES',
      message: expect.stringContaining("samples is 'require'"),
    });
    await expect(registry.swap('fraud', { to: 'v3', tolerance: 1e-7 })).rejects.toMatchObject({
      code: 'ML_SWAP_SAMPLES',
    });
    expect(await registry.swap('fraud', { to: 'v3' })).toMatchObject({ samples: 'ok' });
    expect(await registry.swap('fraud', { to: 'v2', samples: 'off' })).toMatchObject({ samples: 'skipped' });
    expect(await registry.swap('fraud', { to: 'v3', tolerance: 0.1, samples: 'require' })).toMatchObject({
      samples: 'ok',
    });
    expect(await registry.swap('fraud', { to: 'v4' })).toMatchObject({ samples: 'skipped' });
  });

  it('what was served counts even when it was evicted or unloaded since', async () => {
    const { registry } = swapFixture({
      v1: { model: () => createFakeModel({ predict: ['v1'], classes: ['a'] }) },
      v2: { model: () => createFakeModel({ predict: ['v2'], classes: ['b'] }) },
    });
    await registry.load('fraud', 'v1');
    await registry.unload('fraud', 'v1');
    await expect(registry.swap('fraud', { to: 'v2' })).rejects.toMatchObject({ code: 'ML_SWAP_INCOMPATIBLE' });
  });
});

describe('a version whose calls do not end', () => {
  it('availability-first: is left to its calls, and the result says so', async () => {
    const clock = new FakeClock();
    const gate = deferred<string[]>();
    const { registry, loaded } = swapFixture(
      { v1: { model: () => createFakeModel({ predict: () => gate.promise }) }, v2: {} },
      { clock },
    );
    await registry.load('fraud', 'v1');
    const early = registry.model('fraud', 'v1').predict([[1]]);
    const swapped = registry.swap('fraud', { to: 'v2', drainTimeoutMs: 100 });
    await clock.advance(100);
    expect(await swapped).toMatchObject({ changed: true, drained: false });
    expect([await answer(registry, 'v1'), loaded('v1')[0]?.disposals]).toEqual(['v2', 0]);
    gate.resolve(['early']);
    expect(await early).toEqual(['early']);
    await settle();
    expect(loaded('v1')[0]?.disposals).toBe(1);
  });

  it('memory-first: goes on serving, and the calls that waited are answered by it', async () => {
    const clock = new FakeClock();
    const gate = deferred<string[]>();
    let calls = 0;
    const { registry, loaded, loads } = swapFixture(
      { v1: { model: () => createFakeModel({ predict: () => (calls++ === 0 ? gate.promise : ['v1']) }) }, v2: {} },
      { clock },
    );
    await registry.load('fraud', 'v1');
    const states = recordStates(registry);
    const early = registry.model('fraud', 'v1').predict([[1]]);
    const swapped = registry.swap('fraud', { to: 'v2', policy: 'memory-first', drainTimeoutMs: 100 });
    const refusal = expect(swapped).rejects.toMatchObject({
      code: 'ML_SWAP_FAILED',
      step: 'drain',
      cause: { code: 'ML_MODEL_UNLOAD_TIMEOUT' },
    });
    await settle();
    const waiting = answer(registry, 'v1');
    await clock.advance(100);
    await refusal;
    // The very same model: it was neither freed nor loaded again.
    expect([await waiting, loads('v1'), loads('v2'), loaded('v1')[0]?.disposals]).toEqual(['v1', 1, 0, 0]);
    expect(states).toEqual(['ready > unloading', 'unloading > ready']);
    gate.resolve(['early']);
    expect(await early).toEqual(['early']);
  });
});
