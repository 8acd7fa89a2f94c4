import { expect, it } from 'vitest';
import { hasTopKey } from '../../../src/formats/json/has-top-key.ts';

const keys = new Set(['trees']);
const has = (text: string): boolean => hasTopKey(Buffer.from(text), keys);

it('finds a key at the top alone', () => {
  expect(has('{"trees": 1}')).toBe(true);
  expect(has(' \n{"a": {"b": ["}"]}, "trees" : []}')).toBe(true);
  expect(has('{"a": {"trees": 1}}')).toBe(false);
  expect(has('{"a": "\\"trees\\": "}')).toBe(false);
  expect(has('{"a": "trees"}')).toBe(false);
  expect(has('["trees"]')).toBe(false);
  expect(has('')).toBe(false);
});
