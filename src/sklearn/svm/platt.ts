/** Probability of the first of two classes from the score of their pair, by Platt's sigmoid. */
export function plattProbability(score: number, a: number, b: number): number {
  const z = score * a + b;
  return z >= 0 ? Math.exp(-z) / (1 + Math.exp(-z)) : 1 / (1 + Math.exp(z));
}

/**
 * Class probabilities from those of each pair, by the iteration that libsvm stops early: with two classes too the
 * result differs from the pair's own probability. Writes into `p`.
 *
 * Source: sklearn/svm/src/libsvm/svm.cpp, `multiclass_probability` (method 2 of Wu, Lin and Weng).
 *
 * @param pairs `pairs[i * k + j]`: probability of class `i` against class `j`
 */
export function coupledProbabilities(k: number, pairs: Float64Array, p: Float64Array): void {
  const q = couplingMatrix(k, pairs);
  const qp = new Float64Array(k);
  const tolerance = 0.005 / k;
  p.fill(1 / k);
  for (let iteration = Math.max(100, k); iteration > 0; iteration--) {
    let total = 0;
    for (let t = 0; t < k; t++) {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += (q[t * k + j] as number) * (p[j] as number);
      qp[t] = sum;
      total += (p[t] as number) * sum;
    }
    let worst = 0;
    for (let t = 0; t < k; t++) worst = Math.max(worst, Math.abs((qp[t] as number) - total));
    if (worst < tolerance) return;
    for (let t = 0; t < k; t++) {
      const diagonal = q[t * k + t] as number;
      const step = (-(qp[t] as number) + total) / diagonal;
      p[t] = (p[t] as number) + step;
      total = (total + step * (step * diagonal + 2 * (qp[t] as number))) / (1 + step) / (1 + step);
      for (let j = 0; j < k; j++) {
        qp[j] = ((qp[j] as number) + step * (q[t * k + j] as number)) / (1 + step);
        p[j] = (p[j] as number) / (1 + step);
      }
    }
  }
}

function couplingMatrix(k: number, pairs: Float64Array): Float64Array {
  const q = new Float64Array(k * k);
  for (let t = 0; t < k; t++) {
    let diagonal = 0;
    for (let j = 0; j < k; j++) {
      if (j === t) continue;
      const other = pairs[j * k + t] as number;
      diagonal += other * other;
      q[t * k + j] = j < t ? (q[j * k + t] as number) : -other * (pairs[t * k + j] as number);
    }
    q[t * k + t] = diagonal;
  }
  return q;
}
