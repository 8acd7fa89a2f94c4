import { describe, expect, it } from 'vitest';
import {
  type AccessDecision,
  type AccessOption,
  BaseMLService,
  type MLServiceRegistry,
  type Principal,
  runAs,
} from '../../src/index.ts';
import { createFakeModel, createTestRegistry } from '../../src/testing/index.ts';
import { codeOf } from '../repository/fixture.ts';

const ANNA: Principal = { id: 'anna', roles: ['analyst'] };
const BERT: Principal = { id: 'bert', roles: ['admin'] };
const DENIED = 'ML_ACCESS_DENIED';

class FraudService extends BaseMLService<number[], number> {
  readonly modelName = 'fraud_v';
  // What a view must not break.
  readonly #asked: number[][] = [];

  score(rows: number[][]): Promise<number[]> {
    this.#asked.push(...rows);
    return this.model.predict(rows);
  }

  get asked(): number {
    return this.#asked.length;
  }

  async scale(rows: number[][]): Promise<unknown> {
    await Promise.resolve();
    return this.preprocessor('scaler').transform(rows);
  }
}

function registryOf(access?: AccessOption): { registry: MLServiceRegistry; audit: AccessDecision[]; loads: string[] } {
  const registry = createTestRegistry({
    models: {
      fraud_v: createFakeModel({
        predict: [1],
        classes: [0, 1],
        tensors: { w: { data: [1], bytes: new Uint8Array(8), shape: [1], dtype: 'float64' } as never },
      }),
      churn: createFakeModel({ predict: [2] }),
    },
    preprocessing: { scaler: createFakeModel({ transform: [[0]] }) },
    ...(access !== undefined && { access }),
  });
  const audit: AccessDecision[] = [];
  const loads: string[] = [];
  registry.on('access:decision', (decision) => audit.push(decision));
  registry.on('load:start', ({ model }) => loads.push(model));
  return { registry, audit, loads };
}

describe('without a policy', () => {
  it('everybody may do everything, and nobody is told', async () => {
    const { registry, audit } = registryOf();
    expect(await registry.model('churn').predict([[1]])).toEqual([2]);
    expect(
      await registry
        .as(ANNA)
        .model('churn')
        .predict([[1]]),
    ).toEqual([2]);
    expect(await registry.models()).toHaveLength(3);
    expect(audit).toEqual([]);
  });
});

describe('with a policy', () => {
  it('an empty list closes everything', async () => {
    const { registry, loads } = registryOf([]);
    const service = registry.create(FraudService);
    for (const open of [
      () => service.score([[1]]),
      () => service.as(BERT).score([[1]]),
      () => service.load(),
      () => service.unload(),
      () => registry.load('churn'),
      () => registry.unload('churn'),
      () => registry.resolve('churn'),
      () => registry.explain('churn'),
      () => registry.setAlias('churn', 'champion', 'v1'),
      () => registry.model('fraud_v').tensor('w'),
      () => registry.model('churn').dispose(),
      () =>
        registry
          .model('churn')
          .part('x')
          .predict([[1]]),
      () => registry.model('churn').run({}),
      () => registry.model('churn').predictOne([1]),
      () => service.preprocessor('scaler').transform([[1]]),
    ])
      expect(await codeOf(open())).toBe(DENIED);
    expect(await registry.models()).toEqual([]);
    expect(loads).toEqual([]);
  });

  it('a denial says the same whether there is such a model or not', async () => {
    const { registry } = registryOf([]);
    const messages = await Promise.all(
      ['churn', 'nobody'].map((name) =>
        registry
          .as(ANNA)
          .model(name)
          .predict([[1]])
          .catch((error: Error) => error.message),
      ),
    );
    expect(messages[0]).toBe('"anna" may not predict churn; ask whoever sets the registry\'s access rules');
    expect(messages[1]).toBe(String(messages[0]).replace('churn', 'nobody'));
  });

  it('rules are alternatives by model, action and role', async () => {
    const { registry } = registryOf([
      { model: 'fraud_*', actions: ['predict'], allow: ['analyst', 'auditor'] },
      { model: '*', allow: ['admin'] },
    ]);
    const as = (principal: Principal) => registry.as(principal);
    expect(
      await as(ANNA)
        .model('fraud_v')
        .predict([[1]]),
    ).toEqual([1]);
    expect(
      await codeOf(
        as(ANNA)
          .model('churn')
          .predict([[1]]),
      ),
    ).toBe(DENIED);
    expect(await codeOf(as(ANNA).load('fraud_v'))).toBe(DENIED);
    expect(
      await codeOf(
        as({ id: 'nobody' })
          .model('fraud_v')
          .predict([[1]]),
      ),
    ).toBe(DENIED);
    expect(
      await as(BERT)
        .model('churn')
        .predict([[1]]),
    ).toEqual([2]);
    expect((await as(BERT).load('fraud_v')).info.classes).toEqual([0, 1]);
    expect(await as(ANNA).models()).toEqual([]);
    expect((await as(BERT).models()).map(({ name }) => name).sort()).toEqual(['churn', 'fraud_v', 'scaler']);
  });

  it('what tells of a model takes inspect', async () => {
    const { registry } = registryOf([
      { model: 'fraud_v', actions: ['predict'], allow: ['analyst'] },
      { model: 'fraud_v', actions: ['inspect', 'predict'], allow: ['admin'] },
    ]);
    const model = registry.as(ANNA).model('fraud_v');
    await model.predict([[1]]);
    for (const look of [
      () => model.info,
      () => model.methods,
      () => model.parts,
      () => model.value,
      () => model.tensors,
    ])
      expect(look).toThrow(/"anna" may not inspect fraud_v/);
    expect(registry.as(BERT).model('fraud_v').info.name).toBe('fraud_v');
    expect(await registry.as(BERT).model('fraud_v').tensor('w')).toMatchObject({ name: 'w' });
  });

  it.each([
    [
      'a function',
      ({ principal, action }: { principal: Principal | undefined; action: string }) =>
        principal?.id === 'anna' && action === 'predict',
    ],
    [
      'an async function',
      async ({ principal }: { principal: Principal | undefined }) => Promise.resolve(principal?.id === 'anna'),
    ],
    [
      'a rule with a function',
      [{ model: 'churn', allow: (principal: Principal | undefined) => principal?.id === 'anna' }],
    ],
    [
      'a rule that answers later, after one that says no',
      [
        { model: '*', allow: () => Promise.resolve(false) },
        { model: '*', allow: (principal: Principal | undefined) => Promise.resolve(principal?.id === 'anna') },
      ],
    ],
  ] as [string, AccessOption][])('%s decides', async (_, access) => {
    const { registry } = registryOf(access);
    expect(
      await registry
        .as(ANNA)
        .model('churn')
        .predict([[1]]),
    ).toEqual([2]);
    expect(
      await codeOf(
        registry
          .as(BERT)
          .model('churn')
          .predict([[1]]),
      ),
    ).toBe(DENIED);
    expect(await codeOf(registry.model('churn').predict([[1]]))).toBe(DENIED);
  });

  it('one that fails is a denial that does not say why, whatever comes after it', async () => {
    for (const allow of [
      () => {
        throw new Error('secret rule');
      },
      () => Promise.reject(new Error('secret rule')),
    ]) {
      const { registry, audit } = registryOf([
        { model: '*', allow },
        { model: '*', allow: () => true },
      ]);
      const error = await registry
        .as(ANNA)
        .model('churn')
        .predict([[1]])
        .catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: DENIED, details: { principal: 'anna', action: 'predict', model: 'churn' } });
      expect((error as Error).message + JSON.stringify(error)).not.toContain('secret');
      expect((error as Error).cause).toBeUndefined();
      expect(audit).toMatchObject([{ allowed: false, reason: 'error', rule: 0, error: { message: 'secret rule' } }]);
    }
  });

  it('only true is yes', async () => {
    for (const answer of ['no', 1, {}, undefined, Promise.resolve('yes')]) {
      const { registry } = registryOf((() => answer) as never);
      expect(
        await codeOf(
          registry
            .as(ANNA)
            .model('churn')
            .predict([[1]]),
        ),
      ).toBe(DENIED);
    }
  });

  it('a policy that answers later cannot answer for what is told at once', async () => {
    const { registry, audit } = registryOf(async () => Promise.resolve(true));
    const model = registry.as(ANNA).model('churn');
    await model.predict([[1]]);
    expect(() => model.info).toThrow(/may not inspect/);
    expect(audit.at(-1)).toMatchObject({ allowed: false, reason: 'late' });
  });

  it('a policy that never answers keeps no caller beyond its time', async () => {
    const { registry } = registryOf(() => new Promise<boolean>(() => undefined));
    const model = registry.as(ANNA).model('churn');
    expect(await codeOf(model.predict([[1]], { timeoutMs: 10 }))).toBe('ML_DEADLINE_EXCEEDED');
    const abort = new AbortController();
    const call = model.predict([[1]], { signal: abort.signal });
    abort.abort();
    expect(await codeOf(call)).toBe('ML_ABORTED');
  });

  it('is asked before anything is loaded', async () => {
    const { registry, loads } = registryOf([{ model: 'churn', allow: ['admin'] }]);
    await codeOf(
      registry
        .as(ANNA)
        .model('churn')
        .predict([[1]]),
    );
    expect(loads).toEqual([]);
    await registry
      .as(BERT)
      .model('churn')
      .predict([[1]]);
    expect(loads).toEqual(['churn']);
    // Another caller's load opens nothing.
    expect(
      await codeOf(
        registry
          .as(ANNA)
          .model('churn')
          .predict([[1]]),
      ),
    ).toBe(DENIED);
  });

  it.each([
    ['no rules at all', {}, /options\.access must be/],
    ['a field that is none', [{ model: '*', allow: [], role: 'x' }], /options\.access\.0\.role must be absent/],
    ['an action that is none', [{ model: '*', actions: ['delete'], allow: [] }], /options\.access\.0\.actions must be/],
    ['no model', [{ allow: [] }], /options\.access\.0\.model must be/],
    ['nothing to allow', [{ model: '*' }], /options\.access\.0\.allow must be/],
  ])('%s is refused at construction', (_, access, message) => {
    expect(() => registryOf(access as never)).toThrow(message);
  });
});

describe('a caller', () => {
  const RULES: AccessOption = [
    { model: 'fraud_v', actions: ['predict'], allow: ['analyst'] },
    { model: 'scaler', actions: ['predict'], allow: ['analyst'] },
  ];

  it('is named by a view of the service, whose private state is its own', async () => {
    const { registry, audit } = registryOf(RULES);
    const service = registry.create(FraudService);
    const view = service.as(ANNA);
    expect(view).toBeInstanceOf(FraudService);
    expect(await view.score([[1], [2]])).toEqual([1, 1]);
    expect(await view.scale([[1]])).toMatchObject({ shape: [1, 1] });
    expect(await view.model.predict([[1]])).toEqual([1]);
    expect(await view.preprocessor('scaler').transform([[1]])).toBeDefined();
    expect(await view.registry.model('fraud_v').predict([[1]])).toEqual([1]);
    expect(await view.registry.create(FraudService).score([[1]])).toEqual([1]);
    expect(view.asked).toBe(2);
    expect(service.asked).toBe(2);
    expect(view.on('load:end', () => undefined)).toBe(view);
    expect(await codeOf(view.as({ id: 'eve' }).score([[1]]))).toBe(DENIED);
    expect(
      await codeOf(
        service
          .as({ id: 'eve' })
          .as(ANNA)
          .score([[1]]),
      ),
    ).toBe('no error');
    expect(await codeOf(service.score([[1]]))).toBe(DENIED);
    expect(audit[0]).toEqual({
      principal: 'anna',
      action: 'predict',
      model: 'fraud_v',
      version: 'latest',
      allowed: true,
      reason: 'rule',
      rule: 0,
      error: undefined,
    });
  });

  it('is named by runAs, however many run at the same time', async () => {
    const { registry } = registryOf(RULES);
    const service = registry.create(FraudService);
    const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        runAs(i % 2 === 0 ? ANNA : BERT, async () => {
          await wait();
          return codeOf(service.score([[i]]));
        }),
      ),
    );
    expect(outcomes).toEqual(outcomes.map((__, i) => (i % 2 === 0 ? 'no error' : DENIED)));
    expect(await codeOf(service.score([[1]]))).toBe(DENIED);
  });

  it('of a view comes before that of runAs', async () => {
    const { registry } = registryOf(RULES);
    const model = registry.as(ANNA).model('fraud_v');
    expect(await runAs(BERT, () => model.predict([[1]]))).toEqual([1]);
    expect(
      await codeOf(
        runAs(ANNA, () =>
          registry
            .as(BERT)
            .model('fraud_v')
            .predict([[1]]),
        ),
      ),
    ).toBe(DENIED);
  });

  it.each([[{ id: '' }], [{}], [undefined], [{ id: 'x', roles: 'admin' }], [{ id: 'x', roles: [1] }]])(
    '%j is none',
    (principal) => {
      const { registry } = registryOf();
      expect(() => registry.as(principal as never)).toThrow(/a principal is/);
      expect(() => runAs(principal as never, () => undefined)).toThrow(/a principal is/);
    },
  );
});
