/** `log Γ(n / 2)` for a whole number n of at least 1. */
export function logGammaHalves(n: number): number {
  let sum = n % 2 === 0 ? 0 : 0.5 * Math.log(Math.PI);
  for (let k = n - 2; k > 0; k -= 2) sum += Math.log(k / 2);
  return sum;
}
