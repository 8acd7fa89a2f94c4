// The standard normal distribution by the rational approximations of the Cephes library, which scipy uses too, so that
// results agree to the last digits.
// Source: Cephes Math Library, ndtr.c and ndtri.c (Stephen L. Moshier).

const SQRT_2PI = 2.5066282746310007;
const EXP_MINUS_2 = 0.1353352832366127;
const SQRT_HALF = Math.SQRT1_2;

const P0 = [-59.96335010141079, 98.00107541859997, -56.67628574690703, 13.931260938727968, -1.2391658386738125];
const Q0 = [
  1, 1.9544885833814176, 4.676279128988815, 86.36024213908905, -225.46268785411937, 200.26021238006066,
  -82.03722561683334, 15.90562251262117, -1.1833162112133,
];
const P1 = [
  4.0554489230596245, 31.525109459989388, 57.16281922464213, 44.08050738932008, 14.684956192885803, 2.1866330685079025,
  -0.1402560791713545, -0.03504246268278482, -0.0008574567851546854,
];
const Q1 = [
  1, 15.779988325646675, 45.39076351288792, 41.3172038254672, 15.04253856929075, 2.504649462083094,
  -0.14218292285478779, -0.03808064076915783, -0.0009332594808954574,
];
const P2 = [
  3.2377489177694603, 6.915228890689842, 3.9388102529247444, 1.3330346081580755, 0.20148538954917908,
  0.012371663481782003, 0.00030158155350823543, 0.0000026580697468673755, 6.239745391849833e-9,
];
const Q2 = [
  1, 6.02427039364742, 3.6798356385616087, 1.3770209948908132, 0.21623699359449663, 0.013420400608854318,
  0.00032801446468212774, 0.0000028924786474538068, 6.790194080099813e-9,
];

/** The value that a standard normal variable stays below with probability `p` (`ndtri`, the inverse of `normalCdf`). */
export function normalQuantile(p: number): number {
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (!(p > 0 && p < 1)) return Number.NaN;
  const upper = p > 1 - EXP_MINUS_2;
  const y = upper ? 1 - p : p;
  if (y > EXP_MINUS_2) {
    const centred = y - 0.5;
    const squared = centred * centred;
    return (centred + centred * ((squared * polynomial(squared, P0)) / polynomial(squared, Q0))) * SQRT_2PI;
  }
  const x = Math.sqrt(-2 * Math.log(y));
  const first = x - Math.log(x) / x;
  const z = 1 / x;
  const second = x < 8 ? (z * polynomial(z, P1)) / polynomial(z, Q1) : (z * polynomial(z, P2)) / polynomial(z, Q2);
  return upper ? first - second : second - first;
}

/** The probability that a standard normal variable stays below `x` (`ndtr`). */
export function normalCdf(x: number): number {
  const scaled = x * SQRT_HALF;
  const size = Math.abs(scaled);
  if (size < SQRT_HALF) return 0.5 + 0.5 * erf(scaled);
  const tail = 0.5 * erfc(size);
  return scaled > 0 ? 1 - tail : tail;
}

const P = [
  2.461969814735305e-10, 0.5641895648310689, 7.463210564422699, 48.63719709856814, 196.5208329560771, 526.4451949954773,
  934.5285271719576, 1027.5518868951572, 557.5353353693994,
];
const Q = [
  1, 13.228195115474499, 86.70721408859897, 354.9377788878199, 975.7085017432055, 1823.9091668790973,
  2246.3376081871097, 1656.6630919416134, 557.5353408177277,
];
const R = [
  0.5641895835477551, 1.275366707599781, 5.019050422511805, 6.160210979930536, 7.4097426995044895, 2.9788666537210022,
];
const S = [
  1, 2.2605286322011726, 9.396035249380015, 12.048953980809666, 17.08144507475659, 9.608968090632859, 3.369076451000815,
];
const T = [9.604973739870516, 90.02601972038427, 2232.005345946843, 7003.325141128051, 55592.30130103949];
const U = [1, 33.56171416475031, 521.3579497801527, 4594.323829709801, 22629.000061389095, 49267.39426086359];

function erf(x: number): number {
  if (Math.abs(x) > 1) return 1 - erfc(x);
  const z = x * x;
  return (x * polynomial(z, T)) / polynomial(z, U);
}

function erfc(x: number): number {
  if (x < 1) return 1 - erf(x);
  const scale = Math.exp(-x * x);
  return x < 8 ? (scale * polynomial(x, P)) / polynomial(x, Q) : (scale * polynomial(x, R)) / polynomial(x, S);
}

/** Coefficients from the highest power down. */
function polynomial(x: number, coefficients: readonly number[]): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}
