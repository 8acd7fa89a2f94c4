import type { DenseMatrix } from '../../data/dataset.ts';

/**
 * Coefficients of at most `count` atoms, chosen one by one by the largest magnitude of what is left (the first of
 * equals) and fitted by least squares through a Cholesky factor that grows. Ends early where nothing is left or the
 * chosen atoms depend on each other.
 *
 * Source: sklearn/linear_model/_omp.py, `_gram_omp`.
 *
 * @param gram the atoms' products with each other
 * @param products their products with the row
 */
export function orthogonalMatchingPursuit(gram: DenseMatrix, products: Float64Array, count: number): Float64Array {
  const n = gram.rows;
  const at = (i: number, j: number): number => gram.data[i * n + j] as number;
  const out = new Float64Array(n);
  // Atoms are swapped to the front as they are chosen, so that equals are met in scikit-learn's order.
  const order = Array.from({ length: n }, (_, i) => i);
  const rest = Float64Array.from(products);
  const lower: number[][] = [];
  let gamma: number[] = [];
  while (lower.length < count) {
    const active = lower.length;
    let place = 0;
    for (let i = 1; i < n; i++) {
      if (Math.abs(rest[order[i] as number] as number) > Math.abs(rest[order[place] as number] as number)) place = i;
    }
    const atom = order[place] as number;
    if (place < active || (rest[atom] as number) ** 2 < Number.EPSILON) break;
    const row = forward(
      lower,
      order.slice(0, active).map((other) => at(atom, other)),
    );
    const left = at(atom, atom) - row.reduce((sum, value) => sum + value * value, 0);
    if (active > 0 && left <= Number.EPSILON) break;
    lower.push([...row, Math.sqrt(left)]);
    order[place] = order[active] as number;
    order[active] = atom;
    const chosen = order.slice(0, active + 1);
    gamma = backward(
      lower,
      forward(
        lower,
        chosen.map((other) => products[other] as number),
      ),
    );
    for (let i = 0; i < n; i++) {
      let fitted = 0;
      for (const [k, other] of chosen.entries()) fitted += at(i, other) * (gamma[k] as number);
      rest[i] = (products[i] as number) - fitted;
    }
  }
  for (const [k, value] of gamma.entries()) out[order[k] as number] = value;
  return out;
}

/** Solves `L · y = b`. */
function forward(lower: readonly (readonly number[])[], b: readonly number[]): number[] {
  const y: number[] = [];
  for (const [i, value] of b.entries()) {
    let sum = value;
    for (let k = 0; k < i; k++) sum -= (lower[i]?.[k] as number) * (y[k] as number);
    y.push(sum / (lower[i]?.[i] as number));
  }
  return y;
}

/** Solves `Lᵀ · z = y`. */
function backward(lower: readonly (readonly number[])[], y: readonly number[]): number[] {
  const z = Array.from(y);
  for (let i = z.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < z.length; k++) z[i] = (z[i] as number) - (lower[k]?.[i] as number) * (z[k] as number);
    z[i] = (z[i] as number) / (lower[i]?.[i] as number);
  }
  return z;
}
