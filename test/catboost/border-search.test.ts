import { expect, it } from 'vitest';
import { BorderSearch } from '../../src/catboost/border-search.ts';

const LARGEST = Math.fround(3.402_823_466_385_288_6e38);
let state = 7;
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};

it.each([1, 2, 7, 8, 9, 100, 255, 3000])('counts %i borders as one by one', (count) => {
  for (const shape of [(u: number) => u, (u: number) => u ** 20 * 1e6, (u: number) => Math.round(u * 4), () => 1]) {
    const borders = Float32Array.from({ length: count }, () => shape(random()) - 0.3).sort();
    for (const ends of [false, true]) {
      if (ends) borders[0] = -LARGEST;
      if (ends && count > 1) borders[count - 1] = LARGEST;
      const search = new BorderSearch(borders);
      const values = [NaN, Infinity, -Infinity, 0, -0, 1e-40, 1e30, -1e30, LARGEST, -LARGEST];
      for (let i = 0; i < 200; i++) values.push(shape(random()) - 0.3, borders[i % count] as number);
      for (const value of values.map(Math.fround)) {
        expect(search.binOf(value)).toBe(borders.reduce((sum, border) => sum + (value > border ? 1 : 0), 0));
      }
    }
  }
});
