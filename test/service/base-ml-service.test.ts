import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { BaseMLService, type Model, MLServiceRegistry } from '../../src/index.ts';
import { createFakeModel, createTestRegistry, FakeClock } from '../../src/testing/index.ts';
import { settle } from './registry-fixture.ts';

interface Transaction {
  readonly amount: number;
}

class FraudService extends BaseMLService<Transaction, number> {
  readonly modelName: string = 'fraud_detector';
  override readonly modelVersion: string = 'v1';

  predict(transactions: Transaction[]): Promise<number[]> {
    return this.model.predict(transactions);
  }
}

const byAmount = () =>
  createFakeModel<Transaction>({ predict: (rows) => rows.map(({ amount }) => (amount > 100 ? 1 : 0)) });

describe('a service', () => {
  it('needs two names, and loads with its first call', async () => {
    const model = byAmount();
    const registry = createTestRegistry({ models: { 'fraud_detector@v1': model } });
    const service = new FraudService({ registry });
    expect(service.health().state).toBe('unloaded');
    expect(service.model).toBe(service.model);
    expect(model.calls).toEqual([]);
    expect(await service.predict([{ amount: 5 }, { amount: 500 }])).toEqual([0, 1]);
    expect(service.health()).toMatchObject({ name: 'fraud_detector', version: 'v1', state: 'ready' });
  });

  it('has the types of its rows and predictions', () => {
    const service = new FraudService({ registry: createTestRegistry() });
    expectTypeOf(service.model).toEqualTypeOf<Model<Transaction, number>>();
  });

  it('asks for the latest version unless it says another', async () => {
    class Latest extends BaseMLService {
      readonly modelName = 'fraud_detector';
    }
    const registry = createTestRegistry({
      models: { 'fraud_detector@v1': byAmount(), 'fraud_detector@v10': byAmount(), 'fraud_detector@v9': byAmount() },
    });
    expect((await new Latest({ registry }).load()).version).toBe('v10');
  });

  it('loads, unloads, and unloads when it is disposed', async () => {
    const model = byAmount();
    const service = new FraudService({ registry: createTestRegistry({ models: { fraud_detector: model } }) });
    expect(await service.load()).toMatchObject({ name: 'fraud_detector', format: 'mock' });
    await service.unload();
    expect([model.disposals, service.health().state]).toEqual([1, 'unloaded']);
    await service.load();
    await service[Symbol.asyncDispose]();
    expect([model.disposals, service.health().state]).toEqual([2, 'unloaded']);
  });

  it('unloads within a time limit', async () => {
    const clock = new FakeClock();
    const model = createFakeModel({ predict: () => new Promise<number[]>(() => undefined) });
    const registry = createTestRegistry({ clock, models: { fraud_detector: model } });
    const service = new FraudService({ registry });
    await service.load();
    void service.predict([]);
    const refused = expect(service.unload({ timeoutMs: 50 })).rejects.toMatchObject({
      code: 'ML_MODEL_UNLOAD_TIMEOUT',
    });
    await clock.advance(50);
    await refused;
  });

  it('has preprocessing artefacts', async () => {
    const scaler = createFakeModel({ transform: [[0.5]] });
    const registry = createTestRegistry({ preprocessing: { scaler } });
    const service = new FraudService({ registry });
    const handle = service.preprocessor('scaler');
    expect(scaler.calls).toEqual([]);
    expect((await handle.transform([[10]])).toArray()).toEqual([[0.5]]);
    expect(handle.info.name).toBe('scaler');
    await expect(service.preprocessor('encoder').transform([[1]])).rejects.toMatchObject({
      code: 'ML_MODEL_NOT_FOUND',
    });
  });

  it('passes a signal on', async () => {
    const service = new FraudService({ registry: createTestRegistry({ models: { fraud_detector: byAmount() } }) });
    await expect(service.load({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ML_ABORTED' });
  });

  it('uses the default registry, asked for on first use', async () => {
    const asked = vi.spyOn(MLServiceRegistry, 'default');
    const service = new FraudService();
    expect(asked).not.toHaveBeenCalled();
    const registry = service.registry;
    expect([asked.mock.calls.length, registry]).toEqual([1, MLServiceRegistry.default()]);
    expect(service.registry).toBe(registry);
    asked.mockRestore();
    await registry.close();
  });
});

describe('a service without a usable name', () => {
  const made = (modelName: unknown, modelVersion: unknown = 'latest') => {
    class Odd extends BaseMLService {
      readonly modelName = modelName as string;
      override readonly modelVersion = modelVersion as string;
    }
    return Odd;
  };

  it.each([undefined, null, '', 5])('modelName %s: every use says what to write', async (name) => {
    const registry = createTestRegistry();
    const refused = expect.objectContaining({
      code: 'ML_SERVICE_INVALID',
      message: expect.stringMatching(
        /^Odd\.modelName must be a non-empty string, got .*; write: class Odd extends BaseMLService \{ readonly modelName = 'fraud_detector'; \}$/,
      ),
    });
    expect(() => registry.create(made(name))).toThrow(refused);
    const service = new (made(name))({ registry });
    expect(() => service.model).toThrow(refused);
    expect(() => service.health()).toThrow(refused);
    await expect(service.load()).rejects.toEqual(refused);
    await expect(service.unload()).rejects.toEqual(refused);
    expect(registry.services()).toEqual([]);
  });

  it.each([null, '', 1])('modelVersion %s', (version) => {
    expect(() => createTestRegistry().create(made('fraud', version))).toThrow(
      /^Odd\.modelVersion must be a non-empty string such as/,
    );
  });

  it('written in JavaScript without any field', () => {
    class Empty extends (BaseMLService as unknown as new (options: object) => FraudService) {}
    expect(() => createTestRegistry().create(Empty)).toThrow(
      /^Empty\.modelName must be a non-empty string, got undefined/,
    );
  });
});

describe('events of a service', () => {
  const build = () => {
    const registry = createTestRegistry({ models: { fraud_detector: byAmount(), other: byAmount() } });
    return { registry, service: new FraudService({ registry }), other: registry.model('other') };
  };

  it('are those of its own model, and those about memory', async () => {
    const { service, other } = build();
    const heard: string[] = [];
    service.on('load:end', ({ model }) => heard.push(`load ${model}`));
    service.on('predict:end', ({ model }) => heard.push(`predict ${model}`));
    service.on('memory:sample', () => heard.push('memory'));
    await other.predict([]);
    await service.predict([]);
    expect(heard).toEqual(['memory', 'load fraud_detector', 'memory', 'predict fraud_detector']);
  });

  it('once() waits for an event of its own model', async () => {
    const { service, other } = build();
    const listener = vi.fn();
    expect(service.once('predict:end', listener)).toBe(service);
    await other.predict([]);
    await service.predict([]);
    await service.predict([]);
    expect(listener.mock.calls).toMatchObject([[{ model: 'fraud_detector' }]]);
  });

  it('off() takes a listener off, that of once() too', async () => {
    const { service } = build();
    const listener = vi.fn();
    service.on('predict:end', listener).once('predict:end', listener).off('predict:end', listener);
    service.off('load:end', listener);
    await service.predict([]);
    expect(listener).not.toHaveBeenCalled();
  });

  it('a listener given to on() and to once() hears the first event twice, later ones once', async () => {
    const { service } = build();
    const listener = vi.fn();
    service.on('predict:end', listener).once('predict:end', listener);
    await service.predict([]);
    expect(listener).toHaveBeenCalledTimes(2);
    await service.predict([]);
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it('end when the service is disposed', async () => {
    const { registry, service } = build();
    const listener = vi.fn();
    service.on('predict:end', listener);
    await service[Symbol.asyncDispose]();
    await registry.model('fraud_detector').predict([]);
    expect(listener).not.toHaveBeenCalled();
  });

  it('an async listener that rejects is a warning', async () => {
    const { service } = build();
    const warned = new Promise<Error>((resolve) => {
      process.once('warning', resolve);
    });
    const listener: () => unknown = async () => {
      await settle();
      throw new Error('late bug');
    };
    service.on('predict:end', listener);
    expect(await service.predict([{ amount: 1 }])).toEqual([0]);
    expect((await warned).message).toContain('late bug');
  });
});
