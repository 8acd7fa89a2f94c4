import { ProtocolError } from '../errors/protocol-error.ts';
import type { Label, Prediction } from '../spec/model.ts';
import type { TensorLike } from '../spec/tensor.ts';
import { columnTensor } from './column-tensor.ts';

/**
 * What `predict` gave as a tensor: shape `[rows]`, or `[rows, outputs]` where each row has several.
 *
 * @param integers whether whole numbers are class labels, which Python had as integers
 * @throws `ML_PROTOCOL_UNSUPPORTED` for labels of several kinds, or rows of different lengths
 */
export function tensorOfPredictions(predictions: readonly Prediction[], integers: boolean): TensorLike {
  const what = 'the answer of predict';
  const shape = [predictions.length];
  let values: readonly Prediction[] = predictions;
  while (Array.isArray(values[0])) {
    const width = values[0].length;
    if (!values.every((value) => Array.isArray(value) && value.length === width)) {
      throw new ProtocolError(
        'ML_PROTOCOL_UNSUPPORTED',
        `${what} has rows of different lengths, which no tensor holds`,
      );
    }
    shape.push(width);
    values = (values as readonly (readonly Prediction[])[]).flat();
  }
  return columnTensor(values, { shape, integers, what });
}

/**
 * A tensor as what `predict` gives: one value per row, `[rows, 1]` included, which MLServer makes of `[rows]`; arrays
 * where rows have more. Integers of 64 bits are numbers where these are exact.
 */
export function predictionsOfTensor({ data, shape }: TensorLike): Prediction[] {
  const labels = Array.from(data as ArrayLike<unknown>, labelOf);
  const inner = shape.slice(1).filter((extent, i) => i > 0 || extent !== 1);
  let rows: Prediction[] = labels;
  for (let d = inner.length - 1; d >= 0; d--) rows = chunks(rows, inner[d] as number);
  return rows;
}

function labelOf(value: unknown): Label {
  if (typeof value !== 'bigint') return value as Label;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function chunks(values: readonly Prediction[], size: number): Prediction[] {
  if (size === 0) return [];
  return Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));
}
