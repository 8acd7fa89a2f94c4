import { describe, expect, it } from 'vitest';
import { translatePattern } from '../../../src/sklearn/feature_extraction/python-pattern.ts';
import { patternTokenizer } from '../../../src/sklearn/feature_extraction/tokens.ts';

describe('translatePattern', () => {
  it.each([
    ['(?i)a', /"\(\?i\)"/],
    ['(?x)a b', /"\(\?x\)"/],
    ['a(?i:b)', /inside/],
    ['(a)(?(1)b|c)', /inside/],
    ['(?>a)', /"\(\?>a\)"/],
    ['a++', /possessive/],
    [String.raw`\N{BULLET}`, /\\N/],
    ['a|', /choice that can match nothing/],
    ['a*?', /choice that can match nothing/],
    [String.raw`\w*\B`, /choice that can match nothing/],
    ['[a', /bracket/],
    ['(a', /parenthesis/],
    ['a)', /parenthesis/],
    [String.raw`\2(a)(b)`, /group 2/],
    ['(?P=x)', /"x"/],
    ['(?P<x', /missing ">"/],
    ['\\', /backslash at the end/],
    [String.raw`\ud8`, /escape/],
    ['('.repeat(5000), /nesting/],
    ['a'.repeat(20_000), /characters/],
    ['[b-a]', /syntax/],
  ])('refuses %s by name', (pattern, message) => {
    expect(() => translatePattern(pattern)).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_UNSUPPORTED', message: expect.stringMatching(message) }),
    );
  });

  it('refuses several groups, which scikit-learn refuses too', () => {
    expect(() => patternTokenizer('(a)(b)')).toThrow(expect.objectContaining({ code: 'ML_FORMAT_UNSUPPORTED' }));
  });

  it.each([
    [String.raw`\w+`, 'naïve ① ² ٤ e\u0301', ['naïve', '①', '²', '٤', 'e']],
    [String.raw`\s`, 'a\ufeffb\u2028c\x1cd', ['\u2028', '\x1c']],
    [String.raw`(?a)\w+`, 'naïve', ['na', 've']],
    [String.raw`(?#note)a{2}(?P<x>b)?`, 'aab aa', ['b', '']],
    ['a{,2}b', 'aaab b', ['aab', 'b']],
    ['a{x}', 'a{x} aa', ['a{x}']],
    [String.raw`[\Wa]`, 'a b', ['a', ' ']],
    [String.raw`[^\W\d]+`, 'a1_b c', ['a', '_b', 'c']],
    ['.+', 'a\rb\nc', ['a\rb', 'c']],
    [String.raw`c$`, 'c\n', ['c']],
    [String.raw`c\Z`, 'c\n', []],
    [String.raw`(?P<q>['"])\w(?P=q)`, `'a' "b'`, ["'"]],
    [String.raw`\w*`, '🙂 a', ['', '', 'a', '']],
  ])('%s finds in %j what Python finds', (pattern, text, tokens) => {
    expect(patternTokenizer(pattern)(text)).toEqual(tokens);
  });
});
