import { DenseMatrix } from '../data/dataset.ts';

/** Probabilities of the second class as those of both; the first is `1 - p` in float32, as numpy computes it. */
export function binaryColumns(second: Float32Array): DenseMatrix {
  const out = new DenseMatrix(second.length, 2);
  for (let i = 0; i < second.length; i++) {
    const p = second[i] as number;
    out.data[2 * i] = Math.fround(1 - p);
    out.data[2 * i + 1] = p;
  }
  return out;
}
