// Every limit by name, and what must not cost anything.
import { expect, test } from 'vitest';
import type { PickleLimits } from '../../../src/formats/pickle/limits.ts';
import { readPickle } from '../../../src/formats/pickle/read-pickle.ts';
import { codeOf, global, type Piece, pickle, raw, text } from './opcodes.ts';

const repeat = (count: number, ...pieces: readonly Piece[]): Uint8Array =>
  Buffer.concat(Array.from({ length: count }, () => pickle(...pieces)));
const list = (count: number): Piece[] => ['MARK', repeat(count, 'EMPTY_LIST'), 'LIST', 'STOP'];

const CASES: [keyof PickleLimits, number, readonly Piece[]][] = [
  ['maxOpcodes', 100, [repeat(101, 'NONE', 'POP'), 'NONE', 'STOP']],
  [
    'maxOpcodes',
    100,
    [
      'MARK',
      repeat(60, 'NONE'),
      'LIST',
      'BINPUT',
      0,
      'POP',
      global('builtins', 'set'),
      'BINGET',
      0,
      'TUPLE1',
      'REDUCE',
      'STOP',
    ],
  ],
  ['maxNodes', 10, list(11)],
  ['maxMemo', 10, ['NONE', repeat(11, 'MEMOIZE'), 'STOP']],
  ['maxMemo', 2, ['NONE', 'BINPUT', 7, 'BINPUT', 9, 'BINPUT', 11, 'STOP']],
  ['maxNesting', 10, [repeat(11, 'MARK')]],
  ['maxIntegerDigits', 10, ['INT', raw('12345678901\n'), 'STOP']],
  ['maxIntegerBytes', 10, ['LONG1', 11, raw('x'.repeat(11)), 'STOP']],
];

test.each(CASES)('%s = %d', (limit, value, pieces) => {
  const bytes = pickle(...pieces);
  expect(codeOf(() => readPickle(bytes, { limits: { [limit]: value } }))).toBe('ML_FORMAT_LIMIT');
  expect(codeOf(() => readPickle(bytes, { limits: { [limit]: value } }))).not.toBeUndefined();
});

test('Python limits on integers are the defaults', () => {
  expect(codeOf(() => readPickle(pickle('INT', raw(`${'9'.repeat(4_301)}\n`), 'STOP')))).toBe('ML_FORMAT_LIMIT');
  expect(typeof readPickle(pickle('INT', raw(`${'9'.repeat(4_300)}\n`), 'STOP')).root).toBe('bigint');
});

test('a memo index far away costs nothing', () => {
  const bytes = pickle(
    'NONE',
    'LONG_BINPUT',
    raw('\xff\xff\xff\xff'),
    'POP',
    'LONG_BINGET',
    raw('\xff\xff\xff\xff'),
    'STOP',
  );
  expect(readPickle(bytes).root).toBe(null);
});

test('shared references stay shared: doubling 200 times is instant', () => {
  const start = performance.now();
  const file = readPickle(pickle('EMPTY_TUPLE', repeat(200, 'DUP', 'TUPLE2'), 'STOP'));
  expect(file.root).toMatchObject({ kind: 'tuple' });
  expect(performance.now() - start).toBeLessThan(500);
});

test('a key that doubles 200 times is refused rather than compared', () => {
  const key: Piece[] = ['EMPTY_TUPLE', repeat(200, 'DUP', 'TUPLE2')];
  expect(codeOf(() => readPickle(pickle('EMPTY_DICT', ...key, 'NONE', 'SETITEM', 'STOP')))).toBe('ML_FORMAT_LIMIT');
});

test('copies that multiply are counted', () => {
  const copies = repeat(2_000, global('builtins', 'set'), 'BINGET', 0, 'TUPLE1', 'REDUCE', 'POP');
  const numbers = Buffer.concat(Array.from({ length: 60_000 }, (_, i) => Buffer.of(0x4d, i & 0xff, i >> 8)));
  const bytes = pickle('MARK', numbers, 'LIST', 'BINPUT', 0, copies, 'STOP');
  expect(codeOf(() => readPickle(bytes, { limits: { maxOpcodes: 1_000_000 } }))).toBe('ML_FORMAT_LIMIT');
});

test('nesting as deep as the file is no stack overflow', () => {
  const file = readPickle(
    pickle(text('x'), repeat(200_000, 'TUPLE1'), global('m', 'C'), 'EMPTY_TUPLE', 'NEWOBJ', 'TUPLE2', 'STOP'),
  );
  expect(file.unknown).toHaveLength(1);
});
