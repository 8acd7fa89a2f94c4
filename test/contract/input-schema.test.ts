import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { BaseMLService, type MLServiceRegistry, type StandardSchemaV1 } from '../../src/index.ts';
import { createFakeModel, createTestRegistry, type FakeModel } from '../../src/testing/index.ts';
import { codeOf } from '../repository/fixture.ts';

interface Payment {
  amount: number;
  country: string;
}

/** A schema of nobody's library: a function with the property, as arktype's are, that answers later. */
const later: StandardSchemaV1 = Object.assign(() => undefined, {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value: unknown) => {
      await Promise.resolve();
      const { amount } = Object(value) as Partial<Payment>;
      return typeof amount === 'number'
        ? { value: { ...Object(value), checked: true } }
        : { issues: [{ message: 'must be a number', path: [{ key: 'amount' }] }, { message: 'is odd' }] };
    },
  } as const,
});

function setUp(inputSchema?: unknown): {
  service: BaseMLService<Payment, number>;
  model: FakeModel;
  registry: MLServiceRegistry;
} {
  class PaymentService extends BaseMLService<Payment, number> {
    readonly modelName = 'payments';
    override readonly inputSchema = inputSchema as StandardSchemaV1;
  }
  const model = createFakeModel({
    predict: [1],
    transform: [[1]],
    inverseTransform: [[2]],
    run: () => ({}),
    parts: { a: createFakeModel({ predict: [3] }) },
  });
  const registry = createTestRegistry({ models: { payments: model } });
  return { service: registry.create(PaymentService), model, registry };
}

const GOOD: Payment = { amount: 5, country: 'DE' };
const BAD = { amount: 'x', country: 'DE' } as unknown as Payment;

const SCHEMAS: readonly [string, unknown][] = [
  ['zod', z.object({ amount: z.coerce.number(), country: z.string().toLowerCase() })],
  [
    'valibot',
    v.object({
      amount: v.pipe(v.unknown(), v.transform(Number), v.number()),
      country: v.pipe(v.string(), v.toLowerCase()),
    }),
  ],
];

describe.each(SCHEMAS)('a schema of %s', (_, schema) => {
  it('transforms what goes to the model', async () => {
    const { service, model } = setUp(schema);
    expect(await service.model.predict([{ ...GOOD, amount: '7' as never }, GOOD])).toEqual([1, 1]);
    expect(await service.model.predictOne(GOOD)).toBe(1);
    expect(model.calls.map(({ input }) => input)).toEqual([
      [
        { amount: 7, country: 'de' },
        { amount: 5, country: 'de' },
      ],
      [{ amount: 5, country: 'de' }],
    ]);
  });

  it('keeps from the model what it refuses, with row and path', async () => {
    const { service, model } = setUp(schema);
    const error = await service.model.predict([GOOD, BAD]).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'ML_INPUT_CONTRACT',
      message: expect.stringMatching(/^rows do not fit: row 1, "amount" /),
      details: { issues: [{ row: 1, feature: 'amount' }], more: false },
    });
    expect(model.calls).toEqual([]);
    // Nothing was loaded for rows that cannot be used.
    expect(service.health().state).toBe('unloaded');
  });
});

describe('a schema of a service', () => {
  it('may answer later, within the time of the call', async () => {
    const { service, model } = setUp(later);
    expect(await service.model.transform([GOOD])).toMatchObject({ shape: [1, 1] });
    expect(model.calls[0]?.input).toEqual([{ ...GOOD, checked: true }]);
    expect(await service.model.predict([GOOD, BAD]).catch((error: { details: unknown }) => error.details)).toEqual({
      issues: [
        { row: 1, feature: 'amount', message: 'must be a number' },
        { row: 1, feature: undefined, message: 'is odd' },
      ],
      more: false,
    });
    const never = { '~standard': { version: 1, vendor: 'test', validate: () => new Promise(() => undefined) } };
    expect(await codeOf(setUp(never).service.model.predict([GOOD], { timeoutMs: 5 }))).toBe('ML_DEADLINE_EXCEEDED');
  });

  it('says nothing of what are no rows, and is not passed by', async () => {
    const { service, model } = setUp(SCHEMAS[0]?.[1]);
    await service.model.run({});
    await service.model.inverseTransform([BAD]);
    expect(model.calls.map(({ method }) => method)).toEqual(['run', 'inverseTransform']);
    for (const rows of [
      { amount: [1], country: ['x'] },
      { data: [1, 2], shape: [1, 2], dtype: 'float64' },
    ])
      expect(await codeOf(service.model.predict(rows as never))).toBe('ML_INPUT_INVALID');
    expect(await codeOf(service.model.part('a').predict([BAD]))).toBe('ML_INPUT_CONTRACT');
    expect(await service.model.part('a').predict([GOOD])).toEqual([3]);
    expect(service.model.info.name).toBe('payments');
  });

  it('holds for every caller', async () => {
    class Guarded extends BaseMLService<Payment, number> {
      readonly modelName = 'payments';
      override readonly inputSchema = z.object({ amount: z.number(), country: z.string() });
    }
    const model = createFakeModel({ predict: [1] });
    const registry = createTestRegistry({ models: { payments: model }, access: [{ model: '*', allow: ['admin'] }] });
    const service = registry.create(Guarded);
    const admin = service.as({ id: 'a', roles: ['admin'] });
    expect(await admin.model.predict([GOOD])).toEqual([1]);
    expect(await codeOf(admin.model.predict([BAD]))).toBe('ML_INPUT_CONTRACT');
    expect(await codeOf(service.model.predict([GOOD]))).toBe('ML_ACCESS_DENIED');
  });

  it.each([[{}], [5], [{ parse: () => 1 }], [{ '~standard': {} }]])('that is none is refused: %j', (schema) => {
    expect(() => setUp(schema)).toThrow(expect.objectContaining({ code: 'ML_SERVICE_INVALID' }));
  });

  it('is not paid for where there is none', () => {
    const { service, registry } = setUp();
    expect(Object.getPrototypeOf(service.model)).toBe(Object.getPrototypeOf(registry.model('payments')));
  });
});
