import { describe, expect, it } from 'vitest';
import { compareCases, type ExpectedTensor } from '../../src/sidecar/compare-cases.ts';
import type { OutputValues } from '../../src/sidecar/graph-run.ts';

const bytes = (...values: number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);
const BLOBS = [bytes(0.25, Number.NaN, Number.NEGATIVE_INFINITY), bytes(1, 0), bytes(7, -7)];
const SCORES: ExpectedTensor = { output: 'scores', type: 'float32', dims: [3], blob: 1 };
const FLAGS: ExpectedTensor = { output: 'flags', type: 'bool', dims: [2], blob: 2 };
const WHOLE: ExpectedTensor = { output: 'whole', type: 'int64', dims: [1, 2], blob: 3 };
const TEXTS: ExpectedTensor = { output: 'texts', type: 'string', dims: [2], labels: ['a', ''] };
const expected = { cases: [[SCORES, FLAGS, WHOLE, TEXTS]], blobs: BLOBS };

const values = (output: string, type: string, shape: number[], list: string[]): OutputValues => ({
  output,
  type,
  shape,
  values: list,
});
const RIGHT = [
  values('scores', 'float32', [3], ['0.250005', 'NaN', '-Infinity']),
  values('flags', 'bool', [2], ['1', '0']),
  values('whole', 'int64', [1, 2], ['7', '-7']),
  values('texts', 'string', [2], ['a', '']),
];
const wrong = (message: string): unknown =>
  expect.objectContaining({ code: 'ML_SIDECAR_MISMATCH', message: expect.stringContaining(message) as string });
const withOne = (one: OutputValues): OutputValues[] =>
  RIGHT.map((right) => (right.output === one.output ? one : right));

describe('tensors of a converted graph', () => {
  it('pass where all but floats are equal and floats are near', () => {
    const found = compareCases(expected, [RIGHT]);
    expect(found).toMatchObject({ rows: 1, outputs: { scores: 'float32', whole: 'int64' } });
    expect(found.worst).toBeCloseTo(5e-6, 8);
  });

  it.each([
    ['a float', values('scores', 'float32', [3], ['0.2501', 'NaN', '-Infinity']), 'element 0 of scores'],
    ['a gap', values('scores', 'float32', [3], ['0.25', '0', '-Infinity']), 'element 1 of scores'],
    ['an infinity', values('scores', 'float32', [3], ['0.25', 'NaN', '-3e38']), 'element 2 of scores'],
    ['a whole number by little', values('whole', 'int64', [1, 2], ['7', '-6']), 'element 1 of whole'],
    ['a flag', values('flags', 'bool', [2], ['1', '1']), 'element 1 of flags'],
    ['a text', values('texts', 'string', [2], ['a', 'b']), 'element 1 of texts'],
    ['its shape', values('whole', 'int64', [2, 1], ['7', '-7']), 'where Python gives int64 [1, 2]'],
    ['its type', values('whole', 'int32', [1, 2], ['7', '-7']), 'is int32 [1, 2] where'],
    ['its length', values('whole', 'int64', [1, 2], ['7']), 'has 1 elements'],
    ['its absence', values('whole', 'int64', [1, 2], []), 'has 0 elements'],
  ])('are refused for %s', (_, one, message) => {
    expect(() => compareCases(expected, [withOne(one)])).toThrow(wrong(message));
  });

  it('are refused where an output or a case is absent, and without a case', () => {
    expect(() => compareCases(expected, [RIGHT.slice(1)])).toThrow(wrong('scores of input 0 is absent'));
    expect(() => compareCases({ ...expected, cases: [[SCORES], [SCORES]] }, [RIGHT])).toThrow(
      wrong('input 1 is absent'),
    );
    expect(() => compareCases({ cases: [], blobs: [] }, [])).toThrow(wrong('no input'));
  });
});
