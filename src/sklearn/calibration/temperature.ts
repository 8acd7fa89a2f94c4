import { DenseMatrix } from '../../data/dataset.ts';
import { softmaxRows } from '../base/linear-scores.ts';

/**
 * The softmax of `beta` times the logits. Logits are `(-s, s)` for a single score; of several they are
 * `ln(p + 1e-12)` where every row of the batch looks like probabilities, else the scores themselves.
 *
 * Source: sklearn/calibration.py, `_TemperatureScaling.predict` and `_convert_to_logits` (1.8 on).
 */
export function temperatureScaled(scores: DenseMatrix, beta: number): DenseMatrix {
  const { rows, cols, data } = scores;
  if (cols === 1) {
    const out = new DenseMatrix(rows, 2);
    for (let i = 0; i < rows; i++) {
      out.data[2 * i] = beta * -(data[i] as number);
      out.data[2 * i + 1] = beta * (data[i] as number);
    }
    return softmaxRows(out);
  }
  const probabilities = areProbabilities(scores);
  return softmaxRows(
    new DenseMatrix(
      rows,
      cols,
      data.map((value) => beta * (probabilities ? Math.log(value + 1e-12) : value)),
    ),
  );
}

function areProbabilities({ rows, cols, data }: DenseMatrix): boolean {
  if (!data.every((value) => value >= 0 && value <= 1)) return false;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let k = 0; k < cols; k++) sum += data[i * cols + k] as number;
    // numpy's isclose.
    if (Math.abs(sum - 1) > 1e-8 + 1e-5) return false;
  }
  return true;
}
