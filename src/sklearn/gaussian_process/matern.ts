/**
 * The Matérn function of a squared distance. Closed forms for `nu` of 0.5, 1.5, 2.5 and infinity; else
 * `2^(1 - nu) / Γ(nu) · t^nu · K_nu(t)` with `t = sqrt(2 nu) · d`, a distance of 0 counting as float64's epsilon.
 *
 * Source: sklearn/gaussian_process/kernels.py, `Matern.__call__`.
 */
export function matern(nu: number): (squared: number) => number {
  if (nu === 0.5) return (squared) => Math.exp(-Math.sqrt(squared));
  if (nu === 1.5) {
    return (squared) => {
      const k = Math.sqrt(squared) * Math.sqrt(3);
      return (1 + k) * Math.exp(-k);
    };
  }
  if (nu === 2.5) {
    return (squared) => {
      const k = Math.sqrt(squared) * Math.sqrt(5);
      return (1 + k + (k * k) / 3) * Math.exp(-k);
    };
  }
  if (nu === Number.POSITIVE_INFINITY) return (squared) => Math.exp(-squared / 2);
  const factor = 2 ** (1 - nu) / gamma(nu);
  return (squared) => {
    const t = Math.sqrt(2 * nu) * (Math.sqrt(squared) || Number.EPSILON);
    return factor * t ** nu * besselK(nu, t);
  };
}

/**
 * The modified Bessel function of the second kind, `∫ exp(-x cosh t) cosh(nu t) dt` over the positive numbers. The
 * trapezoidal rule converges exponentially; the step shrinks with the width of the integrand.
 */
export function besselK(nu: number, x: number): number {
  const step = Math.min(0.1, 0.6 / Math.sqrt(x));
  let sum = 0.5;
  for (let i = 1; i < 100_000; i++) {
    const t = i * step;
    const exponent = -2 * x * Math.sinh(t / 2) ** 2;
    const term = 0.5 * (Math.exp(exponent + nu * t) + Math.exp(exponent - nu * t));
    sum += term;
    // The terms may grow before they fall: the end is where the next ones cannot count any more.
    if (term < sum * 1e-18 && x * Math.sinh(t) > nu) break;
  }
  return Math.exp(-x) * step * sum;
}

const LANCZOS: readonly number[] = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** The gamma function of positive numbers, by Lanczos' approximation. */
export function gamma(x: number): number {
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  const z = x - 1;
  let sum = LANCZOS[0] as number;
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] as number) / (z + i);
  const t = z + LANCZOS.length - 1.5;
  return Math.sqrt(2 * Math.PI) * t ** (z + 0.5) * Math.exp(-t) * sum;
}
