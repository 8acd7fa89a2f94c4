import { describe, expect, it } from 'vitest';
import { BaseMLService, MLServiceError, MLServiceRegistry } from '../../../src/index.ts';
import {
  createFakeModel,
  createMemoryRepository,
  createMockLoader,
  createTestRegistry,
} from '../../../src/testing/index.ts';
import { record } from '../registry-fixture.ts';
import { evenChance, routed, saying } from './routing-fixture.ts';

const versions = () => ({
  'fraud@v1': saying('v1'),
  'fraud@v2': saying('v2'),
  'fraud@v3': saying('v3'),
  'other@v1': saying('other'),
});
const HALVES = {
  arms: [
    { version: 'v1', weight: 1 },
    { version: 'v2', weight: 1 },
  ],
};

class FraudService extends BaseMLService {
  readonly modelName = 'fraud';
}

describe('a route', () => {
  it('deals calls without a key by the weights, and calls with one always alike', async () => {
    const registry = createTestRegistry({ models: versions() });
    const { model } = registry.create(FraudService);
    const route = await registry.route('fraud', { ...HALVES, random: evenChance() });
    const counts: Record<string, number> = { v1: 0, v2: 0 };
    for (let i = 0; i < 1_000; i++) {
      const label = String(await model.predictOne([1]));
      counts[label] = (counts[label] ?? 0) + 1;
    }
    expect(Math.abs((counts['v1'] as number) - 500)).toBeLessThanOrEqual(2);
    for (let i = 0; i < 50; i++) {
      const options = { routingKey: `user-${i}` };
      const first = await model.predictOne([1], options);
      expect(await model.predictOne([1], options)).toBe(first);
      expect(route.assign(`user-${i}`)).toEqual({ arm: first, version: first });
    }
  });

  it('tells the caller arm, version and id before the model is asked, and events the same', async () => {
    const registry = createTestRegistry({ models: versions() });
    await registry.route('fraud', { arms: [{ name: 'champion', version: 'v1', weight: 1 }] });
    const events = record(registry, 'predict:end');
    const { options, told } = routed();
    const asked = registry.model('fraud').predict([[1]], options);
    expect(told).toEqual([{ id: expect.any(String), model: 'fraud', arm: 'champion', version: 'v1' }]);
    await asked;
    await registry.model('fraud').predict([[1]]);
    await registry.model('other').predict([[1]]);
    expect(events.map(({ payload }) => [payload.version, payload.route])).toEqual([
      ['v1', { arm: 'champion', id: told[0]?.id }],
      ['v1', { arm: 'champion', id: undefined }],
      ['v1', undefined],
    ]);
  });

  it('goes on where onRouted throws, and refuses a key that is no string', async () => {
    const registry = createTestRegistry({ models: versions() });
    await registry.route('fraud', HALVES);
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const onRouted = () => {
      throw new Error('a bug of the caller');
    };
    expect(await registry.model('fraud').predict([[1]], { onRouted })).toHaveLength(1);
    expect(await warned).toMatchObject({
      code: 'ML_LISTENER',
      message: expect.stringContaining('a bug of the caller'),
    });
    const wrong = { routingKey: 7 as unknown as string };
    await expect(registry.model('fraud').predict([[1]], wrong)).rejects.toMatchObject({ code: 'ML_INPUT_INVALID' });
  });

  it('works for every method, for parts, values and tensors', async () => {
    const whole = (n: number) =>
      createFakeModel({
        predict: [n],
        predictProba: [[n]],
        transform: [[n]],
        run: () => ({ y: { data: [n], shape: [1], dtype: 'float64' } }),
        tensors: { w: { data: Float32Array.of(n), bytes: new Uint8Array(4), shape: [1], dtype: 'float32' } },
        parts: { scaler: createFakeModel({ transform: [[n * 10]] }) },
      });
    const registry = createTestRegistry({ models: { 'm@v1': whole(1), 'm@v2': whole(2) } });
    const model = registry.model('m');
    const part = model.part('scaler');
    await registry.route('m', {
      arms: [
        { version: 'v1', weight: 0 },
        { version: 'v2', weight: 1 },
      ],
    });
    expect(await model.predict([[0]])).toEqual([2]);
    expect(await model.predictOne([0])).toBe(2);
    expect((await model.predictProba([[0]])).toArray()).toEqual([[2]]);
    expect((await model.transform([[0]])).toArray()).toEqual([[2]]);
    expect((await model.run({}))['y']?.toArray()).toEqual([2]);
    expect((await model.tensor('w')).data).toEqual(Float32Array.of(2));
    expect((await part.transform([[0]])).toArray()).toEqual([[20]]);
    // What is no call is told of the control arm.
    expect([model.info.version, model.parts, [...model.tensors.keys()]]).toEqual(['v1', ['scaler'], ['w']]);
  });

  it('takes over every request for the model, or those for one version', async () => {
    const registry = createTestRegistry({ models: versions() });
    const ask = async (...asked: string[]) => {
      const answers = asked.map((version) => registry.model('fraud', version).predictOne([1]));
      return (await Promise.all(answers)).join();
    };
    const arms = [{ version: 'v1', weight: 1 }];
    expect(await ask('latest', 'v2', 'v3')).toBe('v3,v2,v3');
    await registry.route('fraud', { arms });
    expect(await ask('latest', 'v2', 'v3')).toBe('v1,v1,v1');
    await registry.route('fraud', { arms, for: 'latest' });
    expect(await ask('latest', 'v2', 'v3')).toBe('v1,v2,v3');
    expect(await registry.unroute('fraud')).toBe(true);
    expect(await ask('latest', 'v2', 'v3')).toBe('v3,v2,v3');
    expect(await registry.unroute('fraud')).toBe(false);
  });

  it('goes to its versions even where options say another version or file for the model', async () => {
    const registry = new MLServiceRegistry({
      env: { ML_MODEL_FRAUD_VERSION: 'v1' },
      models: { other: { path: '/nowhere' } },
      repository: createMemoryRepository({ 'fraud_v1.mock': 'v1', 'fraud_v2.mock': 'v2', 'other_v2.mock': 'v2' }),
      loaders: [createMockLoader({ model: ({ artefact }) => saying(new TextDecoder().decode(artefact.bytes)) })],
    });
    for (const name of ['fraud', 'other']) {
      await registry.route(name, { arms: [{ version: 'v2', weight: 1 }] });
      expect(await registry.model(name).predictOne([1])).toBe('v2');
    }
    await registry.unroute('fraud');
    expect(await registry.model('fraud').predictOne([1])).toBe('v1');
  });

  it('leaves preprocessing of the same name alone', async () => {
    const registry = createTestRegistry({ models: versions(), preprocessing: { fraud: saying('scaler') } });
    await registry.route('fraud', { arms: [{ version: 'v1', weight: 1 }] });
    expect(await registry.model('fraud', 'latest', { area: 'preprocessing' }).predictOne([1])).toBe('scaler');
  });
});

describe('setting a route', () => {
  it.each([
    ['no arms', { arms: [] }, 'route.arms must be an array with at least one arm'],
    ['a weight below 0', { arms: [{ version: 'v1', weight: -1 }] }, 'route.arms.0.weight must be zero or more'],
    ['no weight at all', { arms: [{ version: 'v1', weight: 0 }] }, 'route.arms must be arms of which one at least'],
    ['a name twice', { arms: [...HALVES.arms, HALVES.arms[0]] }, 'route.arms must be arms with different names'],
    ['an unknown control', { ...HALVES, control: 'x' }, 'route.control must be the name of an arm (v1, v2)'],
    ['an unknown option', { ...HALVES, sticky: true }, 'route.sticky must be absent'],
    ['a share above 1', { ...HALVES, shadow: { version: 'v3', share: 2 } }, 'route.shadow.share must be from 0 to 1'],
    [
      'bounds for the control arm',
      { arms: [{ version: 'v1', weight: 1, bounds: { maxErrorRate: 0.1 } }] },
      'route.arms.0.bounds must be absent: v1 is the control arm',
    ],
    [
      'a window below minCalls',
      { arms: [...HALVES.arms.slice(0, 1), { version: 'v2', weight: 1, bounds: { minCalls: 10, window: 5 } }] },
      'route.arms.1.bounds.window must be at least minCalls (10)',
    ],
  ])('with %s is refused', async (_, options, message) => {
    const registry = createTestRegistry({ models: versions() });
    await expect(registry.route('fraud', options as typeof HALVES)).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
      message: expect.stringContaining(message),
    });
    expect(registry.routes.size).toBe(0);
  });

  it('for no model at all is refused', async () => {
    const registry = createTestRegistry({ models: versions() });
    await expect(registry.route('', HALVES)).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
  });

  it('changes nothing where an arm does not load', async () => {
    const broken = () => {
      throw new Error('bad weights');
    };
    const registry = createTestRegistry({ models: { ...versions(), 'fraud@v4': broken } });
    await registry.route('fraud', { arms: [{ version: 'v1', weight: 1 }] });
    const failing = [...HALVES.arms, { name: 'new', version: 'v4', weight: 1 }];
    await expect(registry.route('fraud', { arms: failing })).rejects.toMatchObject({
      code: 'ML_ROUTE_ARM_FAILED',
      message: expect.stringMatching(
        /route of fraud was not changed, because arm new \(v4\) does not load: .*bad weights/,
      ),
      details: { arm: 'arm new (v4)', code: 'ML_LOADER_FAILED' },
      cause: { code: 'ML_LOADER_FAILED' },
    });
    await expect(registry.route('fraud', { ...HALVES, shadow: { version: 'v9' } })).rejects.toMatchObject({
      code: 'ML_ROUTE_ARM_FAILED',
      details: { code: 'ML_MODEL_VERSION_NOT_FOUND' },
    });
    expect(await registry.model('fraud').predictOne([1])).toBe('v1');
    expect(registry.routes.get('fraud')?.arms.map(({ arm }) => arm)).toEqual(['v1']);
    // v2 was loaded for nothing and is let go; v1 still answers.
    expect((await registry.models()).filter(({ state }) => state === 'ready').map(({ label }) => label)).toEqual([
      'v1',
    ]);
  });

  it('is given up by its signal', async () => {
    const registry = createTestRegistry({ models: versions() });
    const signal = AbortSignal.abort();
    await expect(registry.route('fraud', HALVES, { signal })).rejects.toMatchObject({ code: 'ML_ABORTED' });
    expect(registry.routes.size).toBe(0);
  });

  it('between models that callers can tell apart is refused unless told', async () => {
    const registry = createTestRegistry({
      models: {
        'fraud@v1': saying('v1', { classes: ['no', 'yes'], featureNames: ['a', 'b'] }),
        'fraud@v2': saying('v2', { classes: ['yes', 'no'], featureNames: ['a', 'c'], transform: [[1]] }),
      },
    });
    const refused = expect(registry.route('fraud', HALVES)).rejects;
    await refused.toMatchObject({
      code: 'ML_ROUTE_INCOMPATIBLE',
      details: {
        differences: [
          'arm v2: featureNames: [a, b] in the control arm, [a, c] here',
          'arm v2: classes: [no, yes] in the control arm, [yes, no] here',
        ],
      },
    });
    expect(registry.routes.size).toBe(0);
    expect(registry.health().memory.residentBytes).toBe(0);
    const route = await registry.route('fraud', { ...HALVES, allowDifferences: true });
    expect(route.arms.map(({ share }) => share)).toEqual([0.5, 0.5]);
    // The shadow too, and what the control arm has more.
    const shadowed = { arms: [{ version: 'v2', weight: 1 }], shadow: { version: 'v1' } };
    await expect(registry.route('fraud', shadowed)).rejects.toMatchObject({
      message: expect.stringContaining('shadow v1: methods: [predict, transform] in the control arm, [predict] here'),
    });
  });
});

describe('a method that one arm lacks', () => {
  it.each(['transform', 'run'] as const)('%s: the route is refused where the control arm has it', async (method) => {
    const models = { 'fraud@v1': saying('v1', { [method]: () => ({}) }), 'fraud@v2': saying('v2') };
    const registry = createTestRegistry({ models });
    await expect(registry.route('fraud', HALVES)).rejects.toMatchObject({
      code: 'ML_ROUTE_INCOMPATIBLE',
      details: { differences: [expect.stringMatching(/^arm v2: methods: /)] },
    });
    // The other way round nobody relies on it.
    const reversed = { ...HALVES, control: 'v2' };
    expect((await registry.route('fraud', reversed)).arms).toHaveLength(2);
  });

  it('is told by the documented error where it was meant, by that arm alone', async () => {
    const models = { 'fraud@v1': saying('v1', { run: () => ({}) }), 'fraud@v2': saying('v2') };
    const registry = createTestRegistry({ models });
    await registry.route('fraud', { ...HALVES, allowDifferences: true });
    const model = registry.model('fraud');
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        model.run({}, { routingKey: `${i}` }).then(
          () => 'answered',
          (error: unknown) => (MLServiceError.isInstance(error) ? error.code : String(error)),
        ),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set(['answered', 'ML_MODEL_METHOD_UNSUPPORTED']));
  });
});

describe('a route and the life of its models', () => {
  it('load, unload, health and info of the service mean the arms', async () => {
    const models = versions();
    const registry = createTestRegistry({ models });
    const service = registry.create(FraudService);
    await registry.route('fraud', HALVES);
    expect(service.health()).toMatchObject({ state: 'ready', version: 'latest', artefact: 'trained/fraud_v1.mock' });
    expect((await service.load()).version).toBe('v1');
    await service.unload();
    expect([models['fraud@v1'].disposals, models['fraud@v2'].disposals]).toEqual([1, 1]);
    expect(service.health().state).toBe('unloaded');
    expect(registry.health().memory.residentBytes).toBe(0);
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((routingKey) => service.model.predictOne([1], { routingKey })),
    );
    expect(new Set(answers).size).toBe(2);
    expect(models['fraud@v3'].calls).toEqual([]);
  });

  it('an arm that was evicted is loaded again by its next call, which fails if it cannot', async () => {
    let loads = 0;
    const flaky = () => {
      loads += 1;
      if (loads === 2) throw new Error('disk gone');
      return saying('v2', { byteSize: 60 });
    };
    const registry = createTestRegistry({
      cache: { maxBytes: 130, minResidencyMs: 0 },
      models: {
        'fraud@v1': saying('v1', { byteSize: 60 }),
        'fraud@v2': flaky,
        big: saying('big', { byteSize: 100 }),
      },
    });
    await registry.route('fraud', { ...HALVES, control: 'v1' });
    const key = ['a', 'b', 'c', 'd', 'e'].find((one) => registry.routes.get('fraud')?.assign(one).arm === 'v2');
    const options = { routingKey: key as string };
    await registry.load('big');
    await expect(registry.model('fraud').predict([[1]], options)).rejects.toMatchObject({ code: 'ML_LOADER_FAILED' });
    await registry.load('fraud');
    expect(await registry.model('fraud').predictOne([1], options)).toBe('v2');
    const summary = await registry.routeSummary('fraud');
    expect(summary.arms[1]).toMatchObject({ calls: 2, errors: 1 });
  });

  it('close ends it as everything else', async () => {
    const models = versions();
    const registry = createTestRegistry({ models });
    const model = registry.model('fraud');
    await registry.route('fraud', HALVES);
    await registry.close();
    await expect(model.predict([[1]])).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' });
    await expect(registry.route('fraud', HALVES)).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' });
    expect(models['fraud@v1'].disposals).toBe(1);
  });

  it('its end lets go of what nobody else asks for, and loads nothing twice', async () => {
    const models = versions();
    const registry = createTestRegistry({ models });
    const latest = registry.model('fraud');
    await registry.route('fraud', {
      arms: [
        { version: 'v1', weight: 1 },
        { version: 'v3', weight: 1 },
      ],
    });
    const events = record(registry, 'load:start');
    await registry.unroute('fraud');
    expect(models['fraud@v1'].disposals).toBe(1);
    expect(await latest.predictOne([1])).toBe('v3');
    expect([models['fraud@v3'].disposals, events]).toEqual([0, []]);
  });

  it('an alias is set by loading what it means, not the arms', async () => {
    const registry = createTestRegistry({ models: versions() });
    await registry.route('fraud', { arms: [{ version: 'v1', weight: 1 }], for: 'latest' });
    await expect(registry.setAlias('fraud', 'champion', 'v9')).rejects.toMatchObject({
      code: 'ML_MODEL_VERSION_NOT_FOUND',
    });
    await registry.setAlias('fraud', 'champion', 'v2');
    const route = await registry.route('fraud', { arms: [{ name: 'a', version: 'champion', weight: 1 }] });
    expect(route.arms[0]).toMatchObject({ arm: 'a', version: 'v2', artefact: 'trained/fraud_v2.mock', control: true });
  });
});
