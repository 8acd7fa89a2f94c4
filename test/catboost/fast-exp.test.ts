import { expect, it } from 'vitest';
import { fastExpInPlace } from '../../src/catboost/fast-exp.ts';

const expOf = (...values: number[]): number[] => {
  const data = Float64Array.from(values);
  fastExpInPlace(data);
  return Array.from(data);
};

it('is the exponential function as well as its method is', () => {
  for (let i = -7000; i < 7000; i++) {
    const x = i / 10 + Math.sin(i) / 7;
    const [got] = expOf(x) as [number];
    expect(Math.abs(got - Math.exp(x))).toBeLessThanOrEqual(2e-16 * (4 + Math.abs(x)) * Math.exp(x));
  }
});

it.each([
  [0, 1],
  [-0.8712046405470119, 0.41844716708477897],
  [0.9497380966850841, 2.585032542058159],
  [-0.6713848213007839, 0.5110004432812708],
  [1.4904727412975631, 4.439193613185539],
  [0.7138456139761163, 2.041828263247225],
])('has the bits that CatBoost gave for %f, which are not those of std::exp', (raw, prediction) => {
  expect(expOf(raw)).toEqual([prediction]);
});

it('keeps four values at a time within its range, and the rest not', () => {
  const [a, b, c, d, e] = expOf(-Infinity, Infinity, -800, 0, -Infinity) as [number, number, number, number, number];
  expect(a).toBeGreaterThan(0);
  expect([b, c, d, e]).toEqual([Infinity, a, 1, 0]);
  expect(expOf(Infinity)).toEqual([Infinity]);
});
