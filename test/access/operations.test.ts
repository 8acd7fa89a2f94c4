import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MLServiceRegistry, type Principal, publishModel } from '../../src/index.ts';
import { createFakeModel, createTestRegistry } from '../../src/testing/index.ts';
import { codeOf, folderOf } from '../repository/fixture.ts';

const ANNA: Principal = { id: 'anna', roles: ['analyst'] };
const BERT: Principal = { id: 'bert', roles: ['admin'] };
const ACCESS = [
  { model: '*', actions: ['predict', 'load', 'inspect'], allow: ['analyst', 'admin'] },
  { model: '*', actions: ['swap', 'publish'], allow: ['admin'] },
] as const;
const DENIED = 'ML_ACCESS_DENIED';

function registryOf(): MLServiceRegistry {
  const version = (label: string) => createFakeModel({ predict: () => [label] });
  const registry = createTestRegistry({ models: { m: version('v1'), 'm@v2': version('v2') }, access: ACCESS });
  onTestFinished(() => registry.close());
  return registry;
}

describe('what changes which version answers', () => {
  it.each<[string, (registry: MLServiceRegistry) => Promise<unknown>]>([
    ['swap', (registry) => registry.swap('m', { to: 'v2' })],
    ['rollback', (registry) => registry.rollback('m')],
    ['an alias', (registry) => registry.setAlias('m', 'champion', 'v2')],
    ['a route', (registry) => registry.route('m', { arms: [{ name: 'a', version: 'v2', weight: 1 }] })],
    ['the end of a route', (registry) => registry.unroute('m')],
  ])('%s needs a rule for swap', async (_, change) => {
    const registry = registryOf();
    expect(await codeOf(change(registry))).toBe(DENIED);
    expect(await codeOf(change(registry.as(ANNA)))).toBe(DENIED);
    expect(
      await registry
        .as(ANNA)
        .model('m', 'v1')
        .predict([[1]]),
    ).toEqual(['v1']);
    expect(await codeOf(change(registry.as(BERT)))).not.toBe(DENIED);
  });

  it('a swap that is allowed answers callers who may not swap', async () => {
    const registry = registryOf();
    await registry.as(BERT).swap('m', { to: 'v2' });
    expect(
      await registry
        .as(ANNA)
        .model('m', 'v1')
        .predict([[1]]),
    ).toEqual(['v2']);
  });

  it('calls of a route are decided like any other', async () => {
    const registry = registryOf();
    await registry.as(BERT).route('m', { arms: [{ name: 'a', version: 'v2', weight: 1 }] });
    expect(
      await registry
        .as(ANNA)
        .model('m', 'v1')
        .predict([[1]]),
    ).toEqual(['v2']);
    expect(await codeOf(registry.model('m', 'v1').predict([[1]]))).toBe(DENIED);
  });
});

describe('publishing in the name of a caller', () => {
  it('asks the rules before anything is written', async () => {
    const modelsDir = folderOf();
    const registry = new MLServiceRegistry({ modelsDir, access: ACCESS, env: {} });
    onTestFinished(() => registry.close());
    const publish = (principal: Principal) =>
      publishModel('models/trained/tumor_classifier_v1_20240220.pkl', {
        modelsDir,
        name: 'tumor',
        version: 'v1',
        authorize: (action) => registry.as(principal).authorize(action),
      });
    expect(await codeOf(publish(ANNA))).toBe(DENIED);
    expect(readdirSync(modelsDir)).not.toContain('trained');
    const { id } = await publish(BERT);
    expect(readdirSync(join(modelsDir, 'trained'))).toContain('tumor_v1_20240220.pkl');
    expect((await registry.as(ANNA).models()).map((model) => model.id)).toEqual([id]);
  });
});
