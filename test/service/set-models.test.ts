import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MLServiceRegistry, type RegistryOptions } from '../../src/index.ts';
import { createFakeModel, createMemoryRepository, createMockLoader } from '../../src/testing/index.ts';
import { folderOf } from '../repository/fixture.ts';

const ADDRESS = 'oip+http://models.internal:8000/v2/models/churn/versions/3';

function registryOf(options: RegistryOptions): MLServiceRegistry {
  const registry = new MLServiceRegistry({
    env: {},
    repository: createMemoryRepository({ 'fraud_v1.mock': '1', 'other_v1.mock': '1' }),
    loaders: [createMockLoader({ model: createFakeModel({ predict: [1] }) })],
    ...options,
  });
  onTestFinished(() => registry.close());
  return registry;
}

async function fileOf(content: string): Promise<string> {
  const path = join(folderOf(), 'somewhere.mock');
  await writeFile(path, content);
  return path;
}

describe('a model whose path was set', () => {
  it('is resolved to that file, by an option or a variable', async () => {
    const path = await fileOf('12345');
    const byOption = registryOf({ models: { fraud: { path } } });
    const byVariable = registryOf({ env: { ML_MODEL_FRAUD_PATH: path } });
    expect(await byOption.resolve('fraud', 'v7')).toMatchObject({
      id: path,
      name: 'fraud',
      area: 'trained',
      extension: 'mock',
      kind: 'file',
      size: 5,
      setBy: 'options.models.fraud.path',
    });
    expect(await byVariable.resolve('fraud')).toMatchObject({ id: path, setBy: 'ML_MODEL_FRAUD_PATH' });
    const { chosen, candidates } = await byVariable.explain('fraud');
    expect([chosen?.id, candidates.map(({ id, chosen: one }) => [id, one])]).toEqual([path, [[path, true]]]);
    // Other areas have nothing to do with it.
    await expect(byOption.resolve('fraud', 'latest', { area: 'preprocessing' })).rejects.toMatchObject({
      code: 'ML_MODEL_NOT_FOUND',
    });
  });

  it('is among the models, with its state, beside what the repository has', async () => {
    const path = await fileOf('x');
    const registry = registryOf({ models: { fraud: { path } }, env: { ML_MODEL_CHURN_RISK_PATH: ADDRESS } });
    const listed = async () => (await registry.models()).map(({ id, name, state }) => `${name} ${id} ${state}`);
    expect(await listed()).toEqual([
      'fraud trained/fraud_v1.mock unloaded',
      'other trained/other_v1.mock unloaded',
      `churn_risk ${ADDRESS} unloaded`,
      `fraud ${path} unloaded`,
    ]);
    await registry.load('fraud');
    expect((await listed()).at(-1)).toBe(`fraud ${path} ready`);
  });

  it('of a variable has the name that somebody asks for', async () => {
    const registry = registryOf({ env: { ML_MODEL_CHURN_RISK_PATH: ADDRESS } });
    registry.register({ modelName: 'churn-risk', modelVersion: 'latest' } as never);
    expect((await registry.models()).filter(({ setBy }) => setBy).map(({ name }) => name)).toEqual(['churn-risk']);
  });

  it('on a server is resolved to its address, and has no file to verify', async () => {
    const registry = registryOf({ models: { churn: { path: ADDRESS } } });
    const record = await registry.resolve('churn');
    expect(record).toMatchObject({ id: ADDRESS, version: '3', setBy: 'options.models.churn.path' });
    await expect(registry.verify(record)).rejects.toMatchObject({ code: 'ML_ARTEFACT_NOT_A_FILE' });
  });

  it('is verified as a file without metadata', async () => {
    const registry = registryOf({ models: { fraud: { path: await fileOf('12345') } } });
    expect(await registry.verify(await registry.resolve('fraud'))).toMatchObject({ result: 'skipped', bytes: 5 });
  });

  it('has a problem where its path leads nowhere or its address is none, which tells no credentials', async () => {
    const gone = join(folderOf(), 'gone.mock');
    const registry = registryOf({
      models: { fraud: { path: gone }, churn: { path: 'oip+http://me:secret@host/v2/models/churn' } },
    });
    expect(await registry.resolve('fraud')).toMatchObject({ id: gone, problem: { code: 'ML_ARTEFACT_MISSING' } });
    const wrong = await registry.resolve('churn');
    expect(wrong.problem?.code).toBe('ML_OPTIONS_INVALID');
    expect(JSON.stringify(wrong)).not.toContain('secret');
    expect((await registry.models()).filter(({ problem }) => problem).map(({ name }) => name)).toEqual([
      'churn',
      'fraud',
    ]);
  });

  it('is listed by the repository again once a swap put a version in its place', async () => {
    const registry = registryOf({ models: { fraud: { path: await fileOf('x') } } });
    await registry.swap('fraud', { to: 'v1' });
    expect((await registry.resolve('fraud')).id).toBe('trained/fraud_v1.mock');
    expect((await registry.models()).filter(({ setBy }) => setBy)).toEqual([]);
  });
});
