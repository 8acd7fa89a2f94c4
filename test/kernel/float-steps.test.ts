import { assert, constantFrom, double, float, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { below, floorToFloat32 } from '../../src/kernel/float-steps.ts';

const EDGES = [
  0,
  -0,
  2 ** -149,
  -(2 ** -149),
  1e-46,
  -1e-46,
  3.4028234663852886e38,
  3.5e38,
  -3.5e38,
  Infinity,
  -Infinity,
  0.1,
];
const floats = oneof(float(), constantFrom(...EDGES.map(Math.fround), Number.NaN));
const doubles = oneof(double(), float(), constantFrom(...EDGES, Number.NaN));

describe('float32 thresholds', () => {
  it('rounded down decide as the float64 threshold does', () => {
    assert(property(floats, doubles, (x, t) => x <= floorToFloat32(t) === x <= t));
    for (const x of EDGES.map(Math.fround)) for (const t of EDGES) expect(x <= floorToFloat32(t)).toBe(x <= t);
  });

  it('one step below decide with <= as the threshold does with <', () => {
    assert(property(floats, floats, (x, t) => x <= below(t) === x < t));
    for (const x of EDGES.map(Math.fround)) for (const t of EDGES.map(Math.fround)) expect(x <= below(t)).toBe(x < t);
  });
});
