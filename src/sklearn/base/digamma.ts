/**
 * The logarithmic derivative of the gamma function for `x > 0`: the recurrence up to 10, then the asymptotic series;
 * within a few units of the last place of scipy.special.digamma. NaN for other values.
 */
export function digamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  let shifted = x;
  let sum = 0;
  while (shifted < 10) {
    sum -= 1 / shifted;
    shifted += 1;
  }
  const r = 1 / (shifted * shifted);
  const series =
    r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132 - r * (691 / 32760 - r / 12))))));
  return sum + Math.log(shifted) - 0.5 / shifted - series;
}
