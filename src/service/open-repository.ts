import { DirectoryRepository } from '../repository/directory-repository.ts';
import type { ModelRepository } from '../spec/model-repository.ts';
import type { RegistryConfig } from './registry-config.ts';

/** The repository that the options name. */
export function openRepository(config: RegistryConfig): ModelRepository {
  if (config.repository !== undefined) return config.repository;
  return new DirectoryRepository(config.modelsDir, {
    limits: config.limits,
    digestMetadata: config.authenticity?.lockFile !== undefined,
    ...(config.fileNamePattern !== undefined && { fileNamePattern: config.fileNamePattern }),
  });
}
