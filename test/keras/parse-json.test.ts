import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/keras/read/parse-json.ts';

describe('parseJson', () => {
  it('reads what Python writes for numbers that JSON lacks, and leaves texts alone', () => {
    const text = String.raw`{"a": [NaN, -Infinity, 1], "NaN": "is NaN \" Infinity", "b": "\\"}`;
    expect(parseJson(text, 'x')).toEqual({ a: [null, null, 1], NaN: 'is NaN " Infinity', b: '\\' });
  });

  it('reads long texts beside them', () => {
    const long = String.raw`\n`.repeat(2_000_000);
    expect(parseJson(`["${long}", NaN]`, 'x')).toEqual(['\n'.repeat(2_000_000), null]);
  });

  it('refuses nesting without end, and counts no brackets in texts', () => {
    const nest = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseJson(nest(1001), 'x')).toThrow(expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }));
    expect(() => parseJson('['.repeat(1e6), 'x')).toThrow(expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }));
    expect(() => parseJson(nest(1000), 'x')).not.toThrow();
    expect(parseJson(`["${nest(2000)}"]`, 'x')).toHaveLength(1);
  });

  it.each(['', '{', '"open', '[1,]', '{"a": NaN'])('refuses %j', (text) => {
    expect(() => parseJson(text, 'x')).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
  });
});
