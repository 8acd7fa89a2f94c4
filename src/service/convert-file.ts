import { FormatError } from '../errors/format-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import type { Conversion, ModelConverter } from '../spec/converter.ts';
import { loadModel } from './load-model.ts';
import { neededConversion } from './needed-conversion.ts';
import { configure } from './registry-config.ts';

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
 * @throws what loading raises, where there is no conversion; what converting raises
 */
export async function convertFile(path: string, converter: ModelConverter): Promise<ConvertedFile> {
  const refusal = await refusalOf(path);
  if (refusal === 'none') return { path, converted: false };
  const { loaders, limits } = configure({});
  const { signal } = new AbortController();
  const { artefact, need } = await neededConversion(path, { loaders, limits }, signal);
  const reason = refusal === 'converted before' ? undefined : refusal;
  if (need === undefined) throw reason ?? noWay(path, 'its loader converts nothing');
  const warn = (): void => undefined;
  const conversion = await converter.convert({ artefact, need, metadata: undefined, limits, signal, warn });
  if ('why' in conversion) throw noWay(path, conversion.why);
  return { path, converted: true, report: conversion.report };
}

/** Why the file does not load as it is; other errors than that are thrown. */
async function refusalOf(path: string): Promise<MLServiceError | 'none' | 'converted before'> {
  let converted = false;
  try {
    const model = await loadModel(path, {
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
