import { ConfigurationError } from '../errors/configuration-error.ts';

/** @throws `ML_SERVICE_INVALID` saying which field of the class is wrong and how to write it */
export function checkService(service: {
  readonly modelName: unknown;
  readonly modelVersion: unknown;
  readonly constructor: { readonly name: string };
}): void {
  const { modelName, modelVersion } = service;
  const className = service.constructor.name || 'the service class';
  if (typeof modelName !== 'string' || modelName === '') {
    throw new ConfigurationError(
      'ML_SERVICE_INVALID',
      `${className}.modelName must be a non-empty string, got ${JSON.stringify(modelName)}; write: class ${className} extends BaseMLService { readonly modelName = 'fraud_detector'; }`,
      { details: { className, modelName } },
    );
  }
  if (typeof modelVersion !== 'string' || modelVersion === '') {
    throw new ConfigurationError(
      'ML_SERVICE_INVALID',
      `${className}.modelVersion must be a non-empty string such as 'v1', '1.2.0' or 'latest', got ${JSON.stringify(modelVersion)}`,
      { details: { className, modelVersion } },
    );
  }
}
