import { ConfigurationError } from '../errors/configuration-error.ts';
import type { ModelArea } from '../spec/model-repository.ts';
import type { ModelRequest } from './model-resolver.ts';

/** @throws `ML_OPTIONS_INVALID` where a caller gives no name or no version */
export function checkedRequest(name: string, version: string, area: ModelArea = 'trained'): ModelRequest {
  if (typeof name !== 'string' || name === '')
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `the model name must be a non-empty string, got ${JSON.stringify(name)}`,
    );
  if (typeof version !== 'string' || version === '')
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `the version of ${name} must be a non-empty string such as 'v1', '1.2.0' or 'latest', got ${JSON.stringify(version)}`,
    );
  return { area, name, version };
}
