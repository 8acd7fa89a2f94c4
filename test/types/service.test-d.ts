import { describe, expectTypeOf, test } from 'vitest';
import {
  BaseMLService,
  type MLServiceRegistry,
  type Model,
  type ModelHealth,
  type ModelInfo,
  type Prediction,
  type Tensor,
} from '../../src/index.ts';

interface Transaction {
  readonly amount: number;
  readonly merchant: string;
}

class FraudService extends BaseMLService<Transaction, boolean> {
  readonly modelName = 'fraud_detector';
  override readonly modelVersion = 'v1';

  predict(transactions: Transaction[]): Promise<boolean[]> {
    return this.model.predict(transactions);
  }
}

class PlainService extends BaseMLService {
  readonly modelName = 'plain';
}

declare const fraud: FraudService;
declare const plain: PlainService;
declare const registry: MLServiceRegistry;

describe('a service with row and prediction types', () => {
  test('gives them to its model', () => {
    expectTypeOf(fraud.model).toEqualTypeOf<Model<Transaction, boolean>>();
    expectTypeOf(fraud.model.predict([{ amount: 1, merchant: 'shop' }])).toEqualTypeOf<Promise<boolean[]>>();
    expectTypeOf(fraud.model.predictOne({ amount: 1, merchant: 'shop' })).toEqualTypeOf<Promise<boolean>>();
    expectTypeOf(fraud.model.predictProba([])).toEqualTypeOf<Promise<Tensor>>();
  });

  test('refuses other rows', () => {
    // @ts-expect-error `merchant` is missing
    void fraud.model.predict([{ amount: 1 }]);
    // @ts-expect-error `amount` is a number
    void fraud.model.predictOne({ amount: '1', merchant: 'shop' });
  });

  test('takes columns and tensors all the same', () => {
    void fraud.model.predict({ amount: [1, 2], merchant: ['a', 'b'] });
    void fraud.model.predict({ data: new Float32Array(4), shape: [2, 2], dtype: 'float32' });
  });
});

describe('a service without types', () => {
  test('takes every kind of row and gives predictions', () => {
    expectTypeOf(plain.model).toEqualTypeOf<Model>();
    expectTypeOf(plain.model.predict([{ any: 1 }])).toEqualTypeOf<Promise<Prediction[]>>();
    void plain.model.predict([[1, 2, 3]]);
    void plain.model.predict(['one text']);
  });

  test('needs nothing but a name', () => {
    expectTypeOf(plain.modelVersion).toEqualTypeOf<string>();
    // @ts-expect-error `modelName` is missing
    class Nameless extends BaseMLService {}
    void Nameless;
    // @ts-expect-error the base class is abstract
    void new BaseMLService();
  });
});

test('the rest of a service', () => {
  expectTypeOf(fraud.load()).toEqualTypeOf<Promise<ModelInfo>>();
  expectTypeOf(fraud.unload({ timeoutMs: 1 })).toEqualTypeOf<Promise<void>>();
  expectTypeOf(fraud.health()).toEqualTypeOf<ModelHealth>();
  expectTypeOf(fraud.preprocessor('scaler')).toEqualTypeOf<Model>();
  expectTypeOf<FraudService>().toExtend<AsyncDisposable>();
  expectTypeOf<Model>().toExtend<AsyncDisposable>();
  expectTypeOf<MLServiceRegistry>().toExtend<AsyncDisposable>();
});

test('a registry makes services of their own class', () => {
  expectTypeOf(registry.create(FraudService)).toEqualTypeOf<FraudService>();
  expectTypeOf(registry.create(FraudService).predict([])).resolves.toEqualTypeOf<boolean[]>();
  void new FraudService({ registry });
  // @ts-expect-error not a registry
  void new FraudService({ registry: 'models' });
});

test('events carry their own payload', () => {
  fraud.on('load:end', (payload) => {
    expectTypeOf(payload.durationMs).toEqualTypeOf<number>();
    expectTypeOf(payload.sha256).toEqualTypeOf<string>();
  });
  registry.once('cache:evict', ({ reason }) => {
    expectTypeOf(reason).toEqualTypeOf<'budget' | 'idle' | 'unload' | 'close' | 'replaced' | 'pressure' | 'crashed'>();
  });
  // @ts-expect-error there is no such event
  fraud.on('load:finished', () => {});
  // @ts-expect-error the payload has no such member
  fraud.on('load:start', ({ durationMs }) => durationMs);
});
