import { describe, expect, it } from 'vitest';
import { sipHash64 } from '../../../src/keras/text/sip-hash.ts';
import { ngrams, splitWhitespace, STANDARDIZE } from '../../../src/keras/text/standardize.ts';
import { vocabularyLines } from '../../../src/keras/text/python-lines.ts';

describe('sipHash64', () => {
  it('gives the value of the paper for fifteen bytes', () => {
    const bytes = Uint8Array.from({ length: 15 }, (_, i) => i);
    expect(sipHash64(bytes, [0x0706050403020100n, 0x0f0e0d0c0b0a0908n])).toBe(0xa129ca6149be45e5n);
  });
});

describe('text steps', () => {
  it('lowers letters of ASCII alone and strips punctuation', () => {
    const standardize = STANDARDIZE.get('lower_and_strip_punctuation');
    expect(standardize?.("ÄB-c, İ'D_e")).toBe('Äbc İde');
  });

  it('splits at white space of ASCII alone', () => {
    expect(splitWhitespace(' a\tb\u00a0c\n')).toEqual(['a', 'b\u00a0c']);
  });

  it('joins runs, the narrower first', () => {
    expect(ngrams(['a', 'b', 'c'], [1, 2])).toEqual(['a', 'b', 'c', 'a b', 'b c']);
  });

  it('reads a vocabulary as each generation does', () => {
    expect(vocabularyLines('\n[UNK]\na\u2028b\n', 2)).toEqual(['', '[UNK]', 'a\u2028b', '']);
    expect(vocabularyLines('\n[UNK]\na\u2028b\n', 3)).toEqual(['', '[UNK]', 'a', 'b']);
  });
});
