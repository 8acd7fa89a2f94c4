import type { Model } from '../../index.ts';
import { readRowsFile } from '../read-rows-file.ts';

/** Rows to ask a model with, and where they came from. */
export interface SampleRows {
  readonly rows: readonly unknown[];
  readonly origin: string;
}

/**
 * Rows from a JSON file (an array, or an object whose `input` is one), else zeros in the number that the model has
 * features.
 *
 * @throws an error that names `--rows` where nothing can be made up, or the file has no rows
 */
export async function sampleRows(model: Model, file: string | undefined): Promise<SampleRows> {
  if (file !== undefined) return { rows: await readRowsFile(file), origin: file };
  const { featureNames, inputs } = model.info;
  const shape = inputs.length === 1 ? inputs[0]?.shape : undefined;
  const width = featureNames?.length ?? (shape?.length === 2 && typeof shape[1] === 'number' ? shape[1] : undefined);
  if (width === undefined)
    throw new Error('the model does not say what its rows look like: give some with --rows file.json');
  return { rows: [Array.from({ length: width }, () => 0)], origin: 'zeros' };
}
