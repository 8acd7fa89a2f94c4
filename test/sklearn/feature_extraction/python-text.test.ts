import { array, assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmurhash3 } from '../../../src/internal/murmurhash3.ts';
import { charNgrams, wordBoundaryNgrams, wordNgrams } from '../../../src/sklearn/feature_extraction/ngrams.ts';
import {
  compareCodePoints,
  splitWords,
  stripAccentsUnicode,
} from '../../../src/sklearn/feature_extraction/python-text.ts';

/** What `sklearn.utils.murmurhash3_32` gives. */
const HASHES = [0, 1009084850, -1681926305, -1277324294, 1139631978, 1586663183, 1348531497];

describe('text as in Python', () => {
  it('hashes like murmurhash3_32', () => {
    expect(['', 'a', 'ab', 'abc', 'abcd', 'hello world', 'é🙂'].map((text) => murmurhash3(text))).toEqual(HASHES);
  });

  it('splits at what Python calls whitespace', () => {
    expect(splitWords(' a\x1cb\u3000c\ufeffd\u200be ')).toEqual(['a', 'b', 'c\ufeffd\u200be']);
    expect(splitWords('')).toEqual([]);
  });

  it('strips combining characters but no other marks', () => {
    expect(stripAccentsUnicode('été e\u0301 नमस्ते', false)).toBe('ete e नमसत\u0947');
    expect(stripAccentsUnicode('e\u0301', true)).toBe('e\u0301');
  });

  it('orders by code point', () => {
    const text = ['\u{1f642}', '\uff21', 'a', 'ab', ''];
    expect(text.sort(compareCodePoints)).toEqual(['', 'a', 'ab', '\uff21', '\u{1f642}']);
  });

  it('counts n-grams by code point', () => {
    expect(charNgrams('🙂a  b', [2, 3])).toEqual(['🙂a', 'a ', ' b', '🙂a ', 'a b']);
    expect(wordBoundaryNgrams('🙂 ab', [3, 4])).toEqual([' 🙂 ', ' ab', 'ab ', ' ab ']);
    expect(wordNgrams(['a', 'b', 'c'], [2, 9])).toEqual(['a b', 'b c', 'a b c']);
  });

  it('never loses a character of a word n-gram', () => {
    assert(
      property(array(string({ unit: 'binary', minLength: 1 }), { maxLength: 8 }), (tokens) => {
        expect(wordNgrams(tokens, [1, 1])).toEqual(tokens);
        expect(wordNgrams(tokens, [1, 3]).length).toBe(
          tokens.length + Math.max(0, tokens.length - 1) + Math.max(0, tokens.length - 2),
        );
      }),
    );
  });
});
