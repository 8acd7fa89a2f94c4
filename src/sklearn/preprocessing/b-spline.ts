import type { EstimatorState } from '../base/estimator-state.ts';

/** A spline in the basis of B-splines, as `scipy.interpolate.BSpline` keeps it: several outputs at once. */
export class BSpline {
  /** Knots, not decreasing. */
  readonly knots: Float64Array;
  readonly degree: number;
  readonly outputs: number;
  readonly #coefficients: Float64Array;
  readonly #extrapolate: boolean;

  constructor(state: EstimatorState) {
    // The private names are those of scipy 1.15 and later.
    this.knots = state.vector(state.firstOf('t', '_t'));
    this.degree = state.number('k');
    const coefficients = state.matrix(state.firstOf('c', '_c'));
    this.outputs = coefficients.cols;
    this.#coefficients = coefficients.data;
    this.#extrapolate = state.get('extrapolate') !== false;
    const inner = this.knots.length - this.degree - 1;
    if (this.degree < 0 || this.degree > 30 || inner <= this.degree || coefficients.rows < inner) {
      throw state.unsupported('a spline whose knots and coefficients do not fit together');
    }
  }

  /** Where the spline begins and ends. */
  get domain(): readonly [number, number] {
    return [this.knots[this.degree] as number, this.knots[this.knots.length - this.degree - 1] as number];
  }

  /**
   * Writes its outputs at `x` (or their first derivatives), NaN outside the domain unless it extrapolates.
   *
   * Source: scipy/interpolate/_bspl.pyx, `evaluate_spline`; de Boor's recurrence.
   */
  evaluate(x: number, out: Float64Array, derivative: 0 | 1 = 0): void {
    const interval = this.#interval(x);
    if (interval < 0) {
      out.fill(Number.NaN, 0, this.outputs);
      return;
    }
    const basis = derivative === 0 ? this.#basis(x, interval, this.degree) : this.#slopes(x, interval);
    for (let k = 0; k < this.outputs; k++) {
      let sum = 0;
      for (let a = 0; a <= this.degree; a++) {
        sum += (this.#coefficients[(interval + a - this.degree) * this.outputs + k] as number) * (basis[a] as number);
      }
      out[k] = sum;
    }
  }

  /** The last interval of the domain that begins at or before `x`; -1 for none. */
  #interval(x: number): number {
    const [low, high] = this.domain;
    if (!(x >= low && x <= high) && !(this.#extrapolate && !Number.isNaN(x))) return -1;
    let interval = this.degree;
    const last = this.knots.length - this.degree - 2;
    while (interval < last && x >= (this.knots[interval + 1] as number)) interval += 1;
    return interval;
  }

  /** The values of the `degree + 1` basis functions of a degree that are not 0 in an interval. */
  #basis(x: number, interval: number, degree: number): Float64Array {
    const { knots } = this;
    const h = new Float64Array(this.degree + 1);
    const before = new Float64Array(this.degree + 1);
    h[0] = 1;
    for (let j = 1; j <= degree; j++) {
      before.set(h.subarray(0, j));
      h[0] = 0;
      for (let n = 1; n <= j; n++) {
        const right = knots[interval + n] as number;
        const left = knots[interval + n - j] as number;
        if (right === left) {
          h[n] = 0;
          continue;
        }
        const w = (before[n - 1] as number) / (right - left);
        h[n - 1] = (h[n - 1] as number) + w * (right - x);
        h[n] = w * (x - left);
      }
    }
    return h;
  }

  #slopes(x: number, interval: number): Float64Array {
    const { degree, knots } = this;
    const out = new Float64Array(degree + 1);
    if (degree === 0) return out;
    const lower = this.#basis(x, interval, degree - 1);
    for (let n = 1; n <= degree; n++) {
      const right = knots[interval + n] as number;
      const left = knots[interval + n - degree] as number;
      if (right === left) continue;
      const w = (degree * (lower[n - 1] as number)) / (right - left);
      out[n - 1] = (out[n - 1] as number) - w;
      out[n] = (out[n] as number) + w;
    }
    return out;
  }
}
