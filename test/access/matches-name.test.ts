import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesName } from '../../src/access/matches-name.ts';

it('matches as the regular expression of the same pattern does', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '_', '.', '+'), { maxLength: 8 }).map((parts) => parts.join(''));
  const pattern = fc
    .array(fc.constantFrom('a', 'b', '_', '.', '+', '*'), { maxLength: 8 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, text, (wanted, name) => {
      const source = wanted
        .split('*')
        .map((piece) => piece.replaceAll(/[.+]/g, String.raw`\$&`))
        .join('.*');
      expect(matchesName(wanted, name)).toBe(new RegExp(`^${source}$`).test(name));
    }),
    { numRuns: 2_000 },
  );
});

it('does not take long for a hostile name', () => {
  expect(matchesName(`${'a*'.repeat(50)}b`, 'a'.repeat(200_000))).toBe(false);
});
