// Any bytes give a value or a typed error, quickly.
import { readFileSync } from 'node:fs';
import { array, assert, constantFrom, nat, oneof, option, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { OP } from '../../../src/formats/pickle/opcodes.ts';
import { readPickle, readPickleSliced } from '../../../src/formats/pickle/read-pickle.ts';
import { codeOf, pickle } from './opcodes.ts';

const { cases }: { cases: { readonly pickle: string }[] } = JSON.parse(
  readFileSync(new URL('cases.json', import.meta.url), 'utf8'),
);
const samples = cases.map((c) => Buffer.from(c.pickle, 'base64')).filter((bytes) => bytes.length < 4_000);

test('mutated pickles', () => {
  const mutation = record({
    sample: nat(samples.length - 1),
    changes: array(record({ at: nat(4_000), byte: nat(255) }), { minLength: 1, maxLength: 6 }),
    cut: option(nat(4_000), { freq: 5 }),
  });
  assert(
    property(mutation, ({ sample, changes, cut }) => {
      const bytes = Buffer.from(samples[sample] ?? []);
      for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
      codeOf(() => readPickle(cut === null ? bytes : bytes.subarray(0, cut)));
    }),
    { numRuns: 4_000 },
  );
});

test('random opcodes', () => {
  const names = Object.keys(OP) as (keyof typeof OP)[];
  const piece = oneof(constantFrom(...names), constantFrom(...names), nat(255), constantFrom(...samples));
  assert(
    property(array(piece, { maxLength: 40 }), (pieces) => {
      codeOf(() => readPickle(pickle(...pieces)));
    }),
    { numRuns: 4_000 },
  );
});

test('a large pickle leaves the event loop its turns, and can be aborted', async () => {
  const bytes = pickle('MARK', Buffer.alloc(3_000_000, OP.NEWTRUE), 'LIST', 'STOP');
  let turns = 0;
  let worst = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    turns++;
    worst = Math.max(worst, performance.now() - last);
    last = performance.now();
  }, 1);
  await readPickleSliced(bytes);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
  expect(worst).toBeLessThan(250);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 5);
  await expect(readPickleSliced(bytes, { signal: controller.signal })).rejects.toMatchObject({ code: 'ML_ABORTED' });
});
