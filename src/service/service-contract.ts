import { ConfigurationError } from '../errors/configuration-error.ts';

/** What a registry needs to know of a service. */
export interface ServiceLike {
  readonly modelName: string;
  readonly modelVersion: string;
}

/** @throws `ML_SERVICE_INVALID` saying which field of the class is wrong and how to write it */
export function checkService(service: {
  readonly modelName: unknown;
  readonly modelVersion: unknown;
  readonly inputSchema?: unknown;
  readonly constructor: { readonly name: string };
}): void {
  const { modelName, modelVersion, inputSchema } = service;
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
  if (inputSchema !== undefined && !isStandardSchema(inputSchema)) {
    throw new ConfigurationError(
      'ML_SERVICE_INVALID',
      `${className}.inputSchema must be a schema that conforms to Standard Schema (zod, valibot, arktype, ...)`,
      { details: { className } },
    );
  }
}

/** Schemas of some libraries are functions. */
function isStandardSchema(value: unknown): boolean {
  const standard: unknown = Object(value)['~standard'];
  return typeof standard === 'object' && standard !== null && 'validate' in standard;
}

/** @throws `ML_SERVICE_INVALID` for anything but `{ registry }`, e.g. a registry without its braces */
export function checkServiceOptions(options: unknown): void {
  const plain = typeof options === 'object' && options !== null && !('load' in options);
  if (plain && Object.keys(options).every((key) => key === 'registry')) return;
  throw new ConfigurationError(
    'ML_SERVICE_INVALID',
    'a service is constructed with { registry } or nothing: new FraudService({ registry })',
  );
}
