import { FormatError } from '../errors/format-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import type { Conversion, ModelConverter } from '../spec/converter.ts';
import { loadModel } from './load-model.ts';
import { neededConversion } from './needed-conversion.ts';
import { configure } from './registry-config.ts';
import type { RegistryOptions } from './registry-options.ts';

/** What there was to do for a file. */
export interface ConvertedFile {
  readonly path: string;
  /** `false` where the file loads as it is. */
  readonly converted: boolean;
  /** Of a conversion: how it was made and compared. */
  readonly report?: Conversion['report'];
}

/**
 * Converts a file ahead, so that loading it later needs no Python. A file that loads as it is stays as it is.
 *
 * @param converter one that may convert
 * @param options as the loads will have them: what is stated for a loader is part of a conversion
 * @throws what loading raises, where there is no conversion; what converting raises
 */
export async function convertFile(
  path: string,
  converter: ModelConverter,
  options: Pick<RegistryOptions, 'loaderOptions'> = {},
): Promise<ConvertedFile> {
  const refusal = await refusalOf(path, options);
  if (refusal === 'none') return { path, converted: false };
  const config = configure(options);
  const { limits } = config;
  const { signal } = new AbortController();
  const { artefact, need } = await neededConversion(path, config, signal);
  const reason = refusal === 'converted before' ? undefined : refusal;
  if (need === undefined) throw reason ?? noWay(path, 'its loader converts nothing');
  const warn = (): void => undefined;
  const conversion = await converter.convert({ artefact, need, metadata: undefined, limits, signal, warn });
  if ('why' in conversion) throw noWay(path, conversion.why);
  return { path, converted: true, report: conversion.report };
}

/** Why the file does not load as it is; other errors than that are thrown. */
async function refusalOf(
  path: string,
  options: Pick<RegistryOptions, 'loaderOptions'>,
): Promise<MLServiceError | 'none' | 'converted before'> {
  let converted = false;
  try {
    const model = await loadModel(path, {
      ...options,
      sidecar: 'off',
      on: { 'model:warning': ({ code }) => (converted ||= code === 'converted') },
    });
    await model.dispose();
    return converted ? 'converted before' : 'none';
  } catch (error) {
    if (MLServiceError.isInstance(error) && error.code === 'ML_FORMAT_UNSUPPORTED') return error;
    throw error;
  }
}

function noWay(path: string, why: string): FormatError {
  return new FormatError('ML_FORMAT_UNSUPPORTED', `${path} cannot be converted: ${why}`);
}
