import assert from 'node:assert/strict';

/**
 * Deep equality where numbers may differ by `tolerance`, relative to the expected number from 1
 * up; NaN equals NaN, everything else must be identical.
 */
export function assertClose(actual: unknown, expected: unknown, tolerance: number, path = 'result'): void {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const same = Object.is(actual, expected) || actual === expected;
    const close = Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
    assert.ok(same || close, `${path}: got ${actual}, expected ${expected} within ${tolerance}`);
    return;
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    assert.equal(actual.length, expected.length, `${path}: wrong length`);
    for (const [i, value] of expected.entries()) assertClose(actual[i], value, tolerance, `${path}[${i}]`);
    return;
  }
  assert.deepEqual(actual, expected, path);
}
