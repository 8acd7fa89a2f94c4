import { describe, expect, it } from 'vitest';
import { compareAnswers, type ExpectedOutput } from '../../src/sidecar/compare-answers.ts';
import type { OutputValues } from '../../src/sidecar/graph-run.ts';

const LABELS: ExpectedOutput = { output: 'label', method: 'predict', shape: [3], labels: ['1', '0', '1'] };
const SCORES: ExpectedOutput = {
  output: 'scores',
  method: 'decision_function',
  shape: [3],
  numbers: ['0.25', 'nan', '-inf'],
};
const label = (values: string[]): OutputValues => ({ output: 'label', type: 'int64', shape: [values.length], values });
const scores = (values: string[]): OutputValues => ({
  output: 'scores',
  type: 'float32',
  shape: [values.length, 1],
  values,
});
const RIGHT = [label(['1', '0', '1']), scores(['0.25', 'NaN', '-Infinity'])];
const wrong = (message: string): unknown =>
  expect.objectContaining({ code: 'ML_SIDECAR_MISMATCH', message: expect.stringContaining(message) as string });

describe('answers of a converted graph', () => {
  it('pass where labels are equal and numbers near', () => {
    const near = [label(['1', '0', '1']), scores(['0.250005', 'NaN', '-Infinity'])];
    const found = compareAnswers([LABELS, SCORES], { all: near, single: [[label(['1']), scores(['0.25'])]] });
    expect(found).toMatchObject({ rows: 3, outputs: { label: 'predict', scores: 'decision_function' } });
    expect(found.worst).toBeCloseTo(5e-6, 8);
  });

  it.each([
    ['a label', [label(['1', '1', '1']), RIGHT[1]], 'predict of row 1 is 0 in Python and 1'],
    ['a number', [RIGHT[0], scores(['0.2501', 'NaN', '-Infinity'])], 'decision_function of row 0 is 0.25'],
    ['a gap', [RIGHT[0], scores(['0.25', '1', '-Infinity'])], 'decision_function of row 1 is nan'],
    ['an infinity', [RIGHT[0], scores(['0.25', 'NaN', 'Infinity'])], 'decision_function of row 2 is -inf'],
    ['the number of rows', [label(['1', '0']), RIGHT[1]], 'where predict gives [3]'],
    ['an output', [RIGHT[1]], 'shape [absent]'],
  ])('are refused for %s', (_, all, message) => {
    expect(() => compareAnswers([LABELS, SCORES], { all: all as OutputValues[], single: [] })).toThrow(wrong(message));
  });

  it('are compared for single rows too', () => {
    const single = [
      [label(['1']), scores(['0.25'])],
      [label(['1']), scores(['NaN'])],
    ];
    expect(() => compareAnswers([LABELS, SCORES], { all: RIGHT as OutputValues[], single })).toThrow(
      wrong('predict of row 1'),
    );
  });

  it('without rows prove nothing', () => {
    const none = { ...LABELS, shape: [0], labels: [] };
    expect(() => compareAnswers([none], { all: [label([])], single: [] })).toThrow(wrong('no row'));
    expect(() => compareAnswers([], { all: [], single: [] })).toThrow(wrong('no row'));
  });
});
