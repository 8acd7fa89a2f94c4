import type { Dataset } from '../data/dataset.ts';
import { readDataset } from '../data/read-dataset.ts';
import { InputError } from '../errors/input-error.ts';
import { FEATURE_METHODS } from '../internal/model-methods.ts';
import type { ConvertedInput } from '../spec/converter.ts';
import type { ExtraFeatures, LoadedModel } from '../spec/model-loader.ts';
import type { CallOptions } from '../spec/model.ts';
import type { Rows } from '../spec/rows.ts';

/** Beyond it a number of double precision becomes an infinity in a graph of single precision. */
const MAX_FLOAT32 = 3.4028234663852886e38;

/**
 * A converted model that refuses what the original refuses: the graph would answer something. Its `run` is gone, for
 * tensors would pass by, and the graph's names are none of the file's.
 */
export function guardRows(model: LoadedModel, input: ConvertedInput, extraFeatures: ExtraFeatures): LoadedModel {
  const schema = { width: input.columns, names: input.features, extraFeatures };
  const check = (rows: Rows): void => checkNumbers(readDataset(rows, schema), input);
  const names = FEATURE_METHODS.filter((name) => model[name] !== undefined);
  const methods = names.map((name) => [
    name,
    (rows: Rows, options: CallOptions): unknown => {
      check(rows);
      return model[name]?.(rows, options);
    },
  ]);
  const { info, byteSize, rowsIndependent } = model;
  return {
    ...(info !== undefined && { info }),
    ...(byteSize !== undefined && { byteSize }),
    ...(rowsIndependent !== undefined && { rowsIndependent }),
    ...(Object.fromEntries(methods) as Partial<LoadedModel>),
    dispose: () => model.dispose?.(),
  };
}

function checkNumbers(data: Dataset, { missing, infinite }: ConvertedInput): void {
  if (data.kind === 'csr') return;
  const { rows, cols } = data;
  for (let column = 0; column < cols; column += 1) {
    if (data.kind === 'frame' && data.objects[column] !== undefined) continue;
    for (let row = 0; row < rows; row += 1) {
      const value = data.kind === 'frame' ? data.numbers[column * rows + row] : data.data[row * cols + column];
      if (value === undefined || Math.abs(value) <= MAX_FLOAT32) continue;
      const place = { row, column, value };
      if (Number.isNaN(value)) {
        if (missing) continue;
        throw new InputError(
          'ML_INPUT_MISSING_VALUE',
          `row ${row}, column ${column} is missing, which the model does not take`,
          { details: place },
        );
      }
      if (infinite && !Number.isFinite(value)) continue;
      throw new InputError(
        'ML_INPUT_DTYPE',
        `row ${row}, column ${column} is ${value}, which the model does not take: it computes in single precision`,
        { details: place },
      );
    }
  }
}
