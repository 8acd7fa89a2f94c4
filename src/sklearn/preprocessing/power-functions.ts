// The power transformations of one value.

/** Source: scipy/stats/_morestats.py, `yeojohnson`. */
export function yeoJohnson(x: number, lambda: number): number {
  if (Number.isNaN(x)) return x;
  if (x >= 0) return Math.abs(lambda) < Number.EPSILON ? Math.log1p(x) : ((x + 1) ** lambda - 1) / lambda;
  return Math.abs(lambda - 2) > Number.EPSILON ? -((1 - x) ** (2 - lambda) - 1) / (2 - lambda) : -Math.log1p(-x);
}

export function inverseYeoJohnson(x: number, lambda: number): number {
  if (Number.isNaN(x)) return x;
  if (x >= 0) return Math.abs(lambda) < Number.EPSILON ? Math.exp(x) - 1 : (x * lambda + 1) ** (1 / lambda) - 1;
  return Math.abs(lambda - 2) > Number.EPSILON ? 1 - (-(2 - lambda) * x + 1) ** (1 / (2 - lambda)) : 1 - Math.exp(-x);
}

/** Where `x ** lambda` would overflow, scipy divides inside the exponent (scipy/special/_boxcox.pxd). */
const MAX_EXPONENT = 709.78;

export function boxCox(x: number, lambda: number): number {
  if (Math.abs(lambda) < 1e-19) return Math.log(x);
  const exponent = lambda * Math.log(x);
  if (exponent < MAX_EXPONENT) return Math.expm1(exponent) / lambda;
  return Math.sign(lambda) * Math.exp(exponent - Math.log(Math.abs(lambda))) - 1 / lambda;
}

export function inverseBoxCox(x: number, lambda: number): number {
  return lambda === 0 ? Math.exp(x) : Math.exp(Math.log1p(lambda * x) / lambda);
}
