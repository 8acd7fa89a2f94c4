import { MLServiceRegistry, type RegistryOptions } from '../../../src/index.ts';
import type { Awaitable, LoadContext, LoadedModel } from '../../../src/spec/model-loader.ts';
import type { ModelMetadata } from '../../../src/spec/metadata.ts';
import {
  createFakeModel,
  createMemoryRepository,
  createMockLoader,
  type FakeModel,
} from '../../../src/testing/index.ts';

/** What one version of a model is: bytes, metadata, and how it is loaded. */
export interface Version {
  readonly model?: () => Awaitable<LoadedModel>;
  readonly metadata?: Partial<ModelMetadata>;
  readonly bytes?: number;
}

export interface SwapFixture {
  readonly registry: MLServiceRegistry;
  /** Models that were loaded, by version, in order. */
  readonly loaded: (version: string) => FakeModel[];
  /** How often a version was loaded. */
  readonly loads: (version: string) => number;
  /** Adds or replaces the file of a version, as a deployment would. */
  readonly publish: (version: string, one?: Version) => void;
  readonly remove: (version: string) => void;
}

/** A registry with versions of the model `fraud`; each predicts its own label. */
export function swapFixture(versions: Readonly<Record<string, Version>>, options: RegistryOptions = {}): SwapFixture {
  const known = new Map<string, Version>();
  const made = new Map<string, FakeModel[]>();
  const repository = createMemoryRepository();
  const publish = (version: string, one: Version = {}): void => {
    known.set(version, one);
    const bytes = version.padEnd(one.bytes ?? 100, ' ');
    repository.set(`fraud_${version}.mock`, { bytes, metadata: { name: 'fraud', ...one.metadata } });
  };
  for (const [version, one] of Object.entries(versions)) publish(version, one);
  const loader = createMockLoader({
    async model({ artefact }: LoadContext) {
      const version = new TextDecoder().decode(artefact.bytes).trim();
      const model = (await known.get(version)?.model?.()) ?? createFakeModel({ predict: [version] });
      made.set(version, [...(made.get(version) ?? []), model as FakeModel]);
      return model;
    },
  });
  const registry = new MLServiceRegistry({ env: {}, repository, loaders: [loader], ...options });
  return {
    registry,
    loaded: (version) => made.get(version) ?? [],
    loads: (version) => made.get(version)?.length ?? 0,
    publish,
    remove: (version) => repository.delete(`fraud_${version}.mock`),
  };
}

/** What a model answers for one row. */
export async function answer(registry: MLServiceRegistry, version = 'latest'): Promise<unknown> {
  return registry.model('fraud', version).predictOne([1]);
}
