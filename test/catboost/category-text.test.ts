import { describe, expect, it } from 'vitest';
import { categoryText } from '../../src/catboost/category-text.ts';

const place = { className: 'catboost.CatBoost', row: 3, column: 'city' };

describe('a category becomes the text of Python', () => {
  it.each([
    [5, '5'],
    [-0, '0'],
    [2 ** 53 - 1, '9007199254740991'],
    [-(2n ** 63n), '-9223372036854775808'],
    [true, '1'],
    [false, '0'],
    ['', ''],
    ['naïve 😀', 'naïve 😀'],
  ])('%s', (value, text) => {
    expect(categoryText(value, place)).toBe(text);
  });

  it.each([
    [1.5, 'ML_INPUT_DTYPE'],
    [Infinity, 'ML_INPUT_DTYPE'],
    [2 ** 53, 'ML_INPUT_DTYPE'],
    [2n ** 63n, 'ML_INPUT_DTYPE'],
    ['\ud83d', 'ML_INPUT_DTYPE'],
    [{}, 'ML_INPUT_DTYPE'],
    [NaN, 'ML_INPUT_MISSING_VALUE'],
    [null, 'ML_INPUT_MISSING_VALUE'],
    [undefined, 'ML_INPUT_MISSING_VALUE'],
  ])('but not of %s', (value, code) => {
    expect(() => categoryText(value, place)).toThrow(
      expect.objectContaining({ code, details: { row: 3, column: 'city' } }),
    );
  });
});
