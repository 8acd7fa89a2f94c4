/** Two-sided quantiles for one confidence. */
export interface Quantiles {
  /** Of the standard normal distribution: 1.96 for 0.95. */
  readonly normal: number;
  /** Of Student's distribution. */
  readonly student: (degreesOfFreedom: number) => number;
}

/** From here on Student's quantile is the normal one to seven digits, and jStat's search for it goes wrong (at 1e8). */
const MANY = 1e7;

/**
 * By jStat, imported by the first call.
 *
 * @param confidence between 0 and 1, e.g. 0.95
 */
export async function quantilesFor(confidence: number): Promise<Quantiles> {
  const { default: jstat } = await import('jstat');
  const at = (1 + confidence) / 2;
  const normal = jstat.normal.inv(at, 0, 1);
  return {
    normal,
    student: (degreesOfFreedom) => (degreesOfFreedom >= MANY ? normal : jstat.studentt.inv(at, degreesOfFreedom)),
  };
}
