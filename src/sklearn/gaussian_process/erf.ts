/** The error function, by the series `2/sqrt(π) e^(-x²) sum((2x²)^n x / (1·3·…·(2n+1)))`, whose terms are all of one sign. */
export function erf(x: number): number {
  // From here on it is 1 in float64. NaN falls through and stays NaN.
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; n < 500 && Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
