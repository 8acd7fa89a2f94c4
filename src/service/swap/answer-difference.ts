/** How an answer may differ from the one that is stated. */
export interface AnswerRules {
  /** Labels: equal or wrong. */
  readonly exact: boolean;
  /** Relative where the stated number is above one, absolute below. */
  readonly tolerance: number;
}

/** The first place where an answer is another one than stated. */
export interface AnswerDifference {
  /** Indices into the answers: row, then column or output. */
  readonly at: readonly number[];
  readonly expected: unknown;
  readonly got: unknown;
}

/**
 * Compares answers with those of a JSON file, which has no NaN and no infinity: `null` there stands for any of them,
 * and for Python's None.
 */
export function answerDifference(
  expected: unknown,
  got: unknown,
  rules: AnswerRules,
  at: readonly number[] = [],
): AnswerDifference | undefined {
  if (!Array.isArray(expected)) return sameValue(expected, got, rules) ? undefined : { at, expected, got };
  if (!Array.isArray(got) || got.length !== expected.length) return { at, expected, got };
  for (const [i, one] of expected.entries()) {
    const found = answerDifference(one, got[i], rules, [...at, i]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function sameValue(expected: unknown, got: unknown, { exact, tolerance }: AnswerRules): boolean {
  if (expected === null) return got === null || (typeof got === 'number' && !Number.isFinite(got));
  // Where JSON has no number for it, it is written as text.
  if (typeof got === 'bigint')
    return (typeof expected === 'number' || typeof expected === 'string') && String(expected) === String(got);
  if (exact || typeof expected !== 'number' || typeof got !== 'number') return expected === got;
  return Math.abs(expected - got) <= tolerance * Math.max(1, Math.abs(expected));
}
