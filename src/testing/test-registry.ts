import { MLServiceRegistry, type RegistryOptions } from '../index.ts';
import type { LoadContext, LoadedModel } from '../spec/model-loader.ts';
import { createMemoryRepository, type MemoryFile } from './memory-repository.ts';
import { createMockLoader } from './mock-loader.ts';

/** A model, or a function that makes a new one for each load. */
export type TestModel = LoadedModel | (() => LoadedModel);

/** Models by name, and any option of a registry besides where its models come from. */
export interface TestRegistryOptions extends Omit<RegistryOptions, 'repository' | 'modelsDir' | 'models' | 'loaders'> {
  /**
   * `fraud_detector` answers for every version asked for; `fraud_detector@v2` and
   * `fraud_detector@1.2.0` for that version alone.
   */
  readonly models?: Readonly<Record<string, TestModel>>;
  /** What `preprocessor(name)` gives, by name. */
  readonly preprocessing?: Readonly<Record<string, TestModel>>;
}

/**
 * A registry with models that a test made, without files and without the process's environment.
 *
 * ```ts
 * const model = createFakeModel({ predict: [1] });
 * const registry = createTestRegistry({ models: { fraud_detector: model } });
 * const service = registry.create(FraudService);
 * ```
 */
export function createTestRegistry(options: TestRegistryOptions = {}): MLServiceRegistry {
  const { models = {}, preprocessing = {}, ...registryOptions } = options;
  const files: Record<string, MemoryFile> = {};
  const anyVersion: Record<string, { version: string }> = {};
  const byFile = new Map<string, TestModel>();
  const add = (folder: string, key: string, model: TestModel): void => {
    const [name = '', version] = key.split('@');
    const file = `${name}_${version ?? 'v1'}.mock`;
    files[`${folder}/${file}`] = { bytes: `${folder}/${file}`, metadata: { name } };
    byFile.set(`${folder}/${file}`, model);
    const versioned = Object.keys(models).some((other) => other.startsWith(`${name}@`));
    if (version === undefined && !versioned) anyVersion[name] = { version: 'latest' };
  };
  for (const [key, model] of Object.entries(models)) add('trained', key, model);
  for (const [key, model] of Object.entries(preprocessing)) add('preprocessing', key, model);
  const loader = createMockLoader({
    model(context: LoadContext) {
      const model = byFile.get(new TextDecoder().decode(context.artefact.bytes));
      if (model === undefined) throw new Error(`no test model for ${context.artefact.name}`);
      return typeof model === 'function' ? model() : model;
    },
  });
  return new MLServiceRegistry({
    env: {},
    ...registryOptions,
    models: anyVersion,
    repository: createMemoryRepository(files),
    loaders: [loader],
  });
}
