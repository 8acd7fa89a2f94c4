/** Arithmetic of two columns. */
export interface Arithmetic {
  readonly apply: (a: number, b: number) => number;
  /** Whether `b` must not be 0. */
  readonly divides: boolean;
}

/** The remainder with the sign of the divisor, as in Python. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** Source: numpy/_core/src/npymath/npy_math_internal.h.src, `npy_divmod`. */
function floorDivide(a: number, b: number): number {
  const quotient = (a - modulo(a, b)) / b;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

const divide = (a: number, b: number): number => a / b;

const OPERATIONS: ReadonlyMap<string, Arithmetic> = new Map<string, Arithmetic>([
  ['add', { apply: (a, b) => a + b, divides: false }],
  ['sub', { apply: (a, b) => a - b, divides: false }],
  ['mul', { apply: (a, b) => a * b, divides: false }],
  ['div', { apply: divide, divides: true }],
  ['truediv', { apply: divide, divides: true }],
  ['floordiv', { apply: floorDivide, divides: true }],
  ['mod', { apply: modulo, divides: true }],
  ['pow', { apply: (a, b) => a ** b, divides: false }],
]);

/** The operation of pandas by its name; `undefined` where there is none. */
export function arithmeticOf(name: string): Arithmetic | undefined {
  return OPERATIONS.get(name);
}
