export type { Clock } from '../internal/clock.ts';
export { FakeClock } from './fake-clock.ts';
export {
  createFakeModel,
  type FakeCall,
  type FakeMatrix,
  type FakeModel,
  type FakeModelOptions,
  type MatrixAnswers,
} from './fake-model.ts';
export { loaderContract, type LoaderContractSubject } from './loader-contract.ts';
export {
  createMemoryRepository,
  type MemoryFile,
  type MemoryFiles,
  type MemoryRepository,
} from './memory-repository.ts';
export { createMockLoader, type MockLoader, type MockLoaderOptions } from './mock-loader.ts';
export { repositoryContract, type RepositoryContractSubject } from './repository-contract.ts';
export { createTestRegistry, type TestModel, type TestRegistryOptions } from './test-registry.ts';
export type { TestRunner } from './test-runner.ts';
