import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  anyOf,
  arrayOf,
  boolean,
  checked,
  custom,
  integer,
  number,
  objectOf,
  oneOf,
  optional,
  recordOf,
  type Shape,
  string,
} from '../../src/internal/shape.ts';

/** The same demands, judged by another library. */
const twins: readonly { readonly ours: Shape; readonly theirs: z.ZodMiniType }[] = [
  { ours: string('text'), theirs: z.string('text') },
  { ours: number('a number'), theirs: z.number('a number') },
  { ours: integer('a whole number'), theirs: z.int('a whole number') },
  { ours: boolean('a boolean'), theirs: z.boolean('a boolean') },
  {
    ours: checked(integer('whole'), (n: number) => n > 0, 'positive'),
    theirs: z.int('whole').check(z.positive('positive')),
  },
  { ours: oneOf(['a', 'b']), theirs: z.enum(['a', 'b'], "'a' or 'b'") },
  { ours: custom((v) => v === null, 'null'), theirs: z.custom((v) => v === null, 'null') },
  {
    ours: optional(arrayOf(string('text'), 'an array')),
    theirs: z.optional(z.array(z.string('text'), 'an array')),
  },
  {
    ours: recordOf(number('a number'), 'an object by name'),
    theirs: z.record(z.string(), z.number('a number'), 'an object by name'),
  },
  {
    ours: objectOf({ a: optional(number('a number')), b: boolean('a boolean') }, 'an object { a?, b }'),
    theirs: z.strictObject({ a: z.optional(z.number('a number')), b: z.boolean('a boolean') }, 'an object { a?, b }'),
  },
  {
    ours: anyOf(
      [
        oneOf(['a']),
        objectOf({ a: checked(number('a number'), (n: number) => n > 0, 'positive') }),
        arrayOf(string('text'), 'an array'),
      ],
      "'a', an object { a } or an array of text",
    ),
    theirs: z.union(
      [
        z.enum(['a']),
        z.strictObject({ a: z.number('a number').check(z.positive('positive')) }),
        z.array(z.string('text'), 'an array'),
      ],
      "'a', an object { a } or an array of text",
    ),
  },
];

const scalar = fc.oneof(
  fc.constantFrom(undefined, null, true, false, 'a', 'b', '', 0, -1, 1, 1.5, Number.NaN, Infinity, 2 ** 53, 5n),
  fc.constantFrom(new Map([['a', 1]]), new Date(0), () => 1, Symbol('s')),
);
const key = fc.constantFrom('a', 'b', 'c');
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(key, scalar, { maxKeys: 3 }),
  fc.array(fc.dictionary(key, scalar, { maxKeys: 2 }), { maxLength: 2 }),
);

describe('a shape', () => {
  it('accepts what zod accepts, and finds the same thing wrong at the same place', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...twins), value, ({ ours, theirs }, given) => {
        const issue = ours(given);
        const parsed = z.safeParse(theirs, given);
        expect(issue === undefined).toBe(parsed.success);
        seen[parsed.success ? 'accepted' : 'refused'] += 1;
        if (parsed.success) return;
        const [first] = parsed.error.issues;
        const unknown = first?.code === 'unrecognized_keys' ? first.keys.slice(0, 1) : [];
        expect(issue?.path).toEqual([...(first?.path ?? []), ...unknown]);
        expect(issue?.must).toBe(unknown.length > 0 ? undefined : first?.message);
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });

  it.each([
    [oneOf(['one']), "'one'"],
    [oneOf(['one', 'two']), "'one' or 'two'"],
    [oneOf(['one', 'two', 'three']), "'one', 'two' or 'three'"],
  ])('of listed values says which (%#)', (shape, must) => {
    expect(shape('four')).toEqual({ path: [], must, typed: false });
  });
});
