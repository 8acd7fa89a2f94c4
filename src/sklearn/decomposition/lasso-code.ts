import type { DenseMatrix } from '../../data/dataset.ts';

const MAX_SWEEPS = 20_000;

/**
 * The code `w` that makes `|x - w · atoms|² / 2 + penalty · |w|₁` smallest, by coordinate descent until nothing moves:
 * where least angle regression with the Lasso's rule ends, too, by another way.
 *
 * Source: sklearn/decomposition/_dict_learning.py, `lasso_lars`.
 *
 * @param gram the atoms' products with each other
 * @param products their products with the row
 * @returns `undefined` where it does not settle
 */
export function lassoCode(
  gram: DenseMatrix,
  products: Float64Array,
  { penalty, positive }: { readonly penalty: number; readonly positive: boolean },
): Float64Array | undefined {
  const n = gram.rows;
  const code = new Float64Array(n);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let change = 0;
    let size = 0;
    for (let k = 0; k < n; k++) {
      const own = gram.data[k * n + k] as number;
      if (own === 0) continue;
      let rest = products[k] as number;
      for (let j = 0; j < n; j++) if (j !== k) rest -= (gram.data[k * n + j] as number) * (code[j] as number);
      const next = (Math.max(rest - penalty, 0) - (positive ? 0 : Math.max(-rest - penalty, 0))) / own;
      change = Math.max(change, Math.abs(next - (code[k] as number)));
      size = Math.max(size, Math.abs(next));
      code[k] = next;
    }
    if (change <= 1e-15 * size) return code;
  }
  return undefined;
}
