import { DenseMatrix } from '../../data/dataset.ts';

/** A factorisation with partial pivoting, as LAPACK's `getrf`. */
interface Lu {
  /** L below the diagonal (which is 1 there), U on and above it. */
  readonly lu: Float64Array;
  /** Row of the matrix that became row `i`. */
  readonly order: Int32Array;
  readonly sign: number;
}

function factor(m: DenseMatrix): Lu {
  const n = m.rows;
  const lu = Float64Array.from(m.data);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(lu[i * n + k] as number) > Math.abs(lu[pivot * n + k] as number)) pivot = i;
    }
    if (pivot !== k) {
      const row = lu.slice(k * n, (k + 1) * n);
      lu.copyWithin(k * n, pivot * n, (pivot + 1) * n);
      lu.set(row, pivot * n);
      const moved = order[k] as number;
      order[k] = order[pivot] as number;
      order[pivot] = moved;
      sign = -sign;
    }
    const top = lu[k * n + k] as number;
    for (let i = k + 1; i < n; i++) {
      const f = (lu[i * n + k] as number) / top;
      lu[i * n + k] = f;
      for (let j = k + 1; j < n; j++) lu[i * n + j] = (lu[i * n + j] as number) - f * (lu[k * n + j] as number);
    }
  }
  return { lu, order, sign };
}

/** The inverse of a square matrix; values that are not finite where there is none. */
export function inverse(m: DenseMatrix): DenseMatrix {
  const n = m.rows;
  const { lu, order } = factor(m);
  const out = new DenseMatrix(n, n);
  for (let c = 0; c < n; c++) {
    for (let i = 0; i < n; i++) {
      let sum = order[i] === c ? 1 : 0;
      for (let k = 0; k < i; k++) sum -= (lu[i * n + k] as number) * (out.data[k * n + c] as number);
      out.data[i * n + c] = sum;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = out.data[i * n + c] as number;
      for (let k = i + 1; k < n; k++) sum -= (lu[i * n + k] as number) * (out.data[k * n + c] as number);
      out.data[i * n + c] = sum / (lu[i * n + i] as number);
    }
  }
  return out;
}

/** Logarithm of the determinant; -Infinity where it is not positive, as sklearn.utils.extmath.fast_logdet. */
export function logDeterminant(m: DenseMatrix): number {
  const { lu, sign } = factor(m);
  let parity = sign;
  let sum = 0;
  for (let i = 0; i < m.rows; i++) {
    const value = lu[i * m.rows + i] as number;
    parity *= Math.sign(value);
    sum += Math.log(Math.abs(value));
  }
  return parity > 0 ? sum : Number.NEGATIVE_INFINITY;
}
