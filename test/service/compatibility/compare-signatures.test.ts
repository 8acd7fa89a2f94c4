import { describe, expect, it } from 'vitest';
import { compareSignatures } from '../../../src/service/compatibility/compare-signatures.ts';
import type { Signature } from '../../../src/service/compatibility/signature.ts';
import type { ValueInfo } from '../../../src/spec/model.ts';

const base: Signature = {
  task: 'binary-classification',
  methods: ['predict', 'predictProba', 'run'],
  inputs: [{ name: 'X', dtype: 'float32', shape: [null, 3] }],
  outputs: [
    { name: 'label', dtype: 'int64', shape: [null] },
    { name: 'probabilities', dtype: 'float32', shape: [null, 2] },
  ],
  classes: [0, 1],
  featureNames: ['a', 'b', 'c'],
  parts: new Map(),
};
const native: Signature = {
  ...base,
  methods: ['predict', 'predictProba'],
  inputs: [{ name: 'X', dtype: undefined, shape: [null, 3] }],
  outputs: [{ name: 'predict', dtype: 'int64', shape: [null] }],
};
const input = (shape: ValueInfo['shape'], more: Partial<ValueInfo> = {}): Partial<Signature> => ({
  inputs: [{ name: 'X', dtype: 'float32', shape, ...more }],
});
const differences = (before: Signature, after: Partial<Signature>) =>
  compareSignatures(before, { ...before, ...after }).map(
    ({ what, before: was, after: is }) => `${what}: ${was} > ${is}`,
  );

describe('what callers rely on', () => {
  it.each<[string, Partial<Signature>]>([
    ['task: binary-classification > regression', { task: 'regression' }],
    ['methods: [predict, predictProba, run] > [predict, run]', { methods: ['predict', 'run'] }],
    ['featureNames: [a, b, c] > [a, c, b]', { featureNames: ['a', 'c', 'b'] }],
    ['featureNames: [a, b, c] > none', { featureNames: undefined }],
    ['classes: [0, 1] > [1, 0]', { classes: [1, 0] }],
    ['classes: [0, 1] > [0, 1, 2]', { classes: [0, 1, 2] }],
    ['classes: [0, 1] > [0, 1]', { classes: ['0', '1'] }],
    ['classes: [0, 1] > none', { classes: undefined }],
    ['inputs: X float32[?, 3] > X float32[?, 4]', input([null, 4])],
    ['inputs: X float32[?, 3] > X float64[?, 3]', input([null, 3], { dtype: 'float64' })],
    ['inputs: X float32[?, 3] > Y float32[?, 3]', input([null, 3], { name: 'Y' })],
    ['inputs: X float32[?, 3] > X float32[1, 3]', input([1, 3])],
    ['inputs: X float32[?, 3] > X float32[?, 3, 1]', input([null, 3, 1])],
    [
      'inputs: X float32[?, 3] > X float32[?, 3], mask bool[?]',
      { inputs: [...base.inputs, { name: 'mask', dtype: 'bool', shape: [null] }] },
    ],
    ['outputs: label int64[?], probabilities float32[?, 2] > label int64[?]', { outputs: base.outputs.slice(0, 1) }],
    [
      'outputs: label int64[?], probabilities float32[?, 2] > label string[?], probabilities float32[?, 2]',
      { outputs: [{ name: 'label', dtype: 'string', shape: [null] }, ...base.outputs.slice(1)] },
    ],
  ])('%s', (expected, after) => {
    expect(differences(base, after)).toEqual([expected]);
  });

  it('counts the columns where tensors are not fed by name', () => {
    const wide = { ...native, ...input([null, 4], { name: 'input' }) };
    expect(differences(native, wide)).toEqual(['inputs: X [?, 3] > input float32[?, 4]']);
    const apart = { inputs: ['a', 'b', 'c'].map((name) => ({ name, dtype: 'float32' as const, shape: [null, 1] })) };
    expect(differences(native, apart)).toEqual([]);
  });

  it('counts text and numbers where tensors are not fed by name, and no other types', () => {
    const one = (dtype: ValueInfo['dtype'], name = 'X') => ({ ...native, inputs: [{ name, dtype, shape: [null, 3] }] });
    expect(differences(one('float32'), one('float64'))).toEqual([]);
    expect(differences(one('float32'), one('string'))).toEqual(['inputs: X float32[?, 3] > X string[?, 3]']);
    expect(differences(one('string'), one('float64', 'Y'))).toEqual(['inputs: X string[?, 3] > Y float64[?, 3]']);
    expect(differences(one(undefined), one('string'))).toEqual([]);
  });

  it('counts the values of a row where outputs are not named, and no classes say what they are', () => {
    const giving = (name: string, shape: ValueInfo['shape'], more: Partial<Signature> = {}) => ({
      ...native,
      classes: undefined,
      outputs: [{ name, dtype: undefined, shape }],
      ...more,
    });
    expect(differences(giving('y', [null, 1]), giving('z', [null, 2]))).toEqual(['outputs: y [?, 1] > z [?, 2]']);
    expect(differences(giving('y', [null, 1]), giving('z', [null]))).toEqual([]);
    expect(differences(giving('y', [null, 1]), giving('z', [null, null]))).toEqual([]);
    const { classes } = native;
    expect(differences(giving('y', [null], { classes }), giving('z', [null, 2], { classes }))).toEqual([]);
  });

  it('names the part of a file that differs', () => {
    const parts = (scaler: Signature, more: [string, Signature][] = []) => new Map([['scaler', scaler], ...more]);
    const before = { ...native, parts: parts(native, [['model', native]]) };
    const after = { ...native, parts: parts({ ...native, classes: [1] }) };
    expect(compareSignatures(before, after)).toEqual([
      { what: 'parts', part: '', before: '[scaler, model]', after: '[scaler]' },
      { what: 'classes', part: 'scaler', before: '[0, 1]', after: '[1]' },
    ]);
  });

  it('lists no more than 20 of anything', () => {
    const names = Array.from({ length: 500 }, (_, i) => `f${i}`);
    const [line = ''] = differences({ ...base, featureNames: names }, { featureNames: names.slice(1) });
    expect(line).toMatch(/f19, and 480 more\] > \[f1, .*and 479 more\]$/);
  });
});

describe('what is no difference', () => {
  it.each<[string, Partial<Signature>]>([
    ['the same', {}],
    ['another method', { methods: [...base.methods, 'decisionFunction'] }],
    ['an output that is new', { outputs: [...base.outputs, { name: 'extra', dtype: 'float32', shape: [null] }] }],
    ['a task that is not known', { task: 'unknown' }],
    ['whole labels as bigints', { classes: [0n, 1n] }],
    ['another name of a free dimension', input(['N', 3])],
    ['a type that is not stated', input([null, 3], { dtype: undefined })],
  ])('%s', (_, after) => {
    expect(differences(base, after)).toEqual([]);
  });

  it('what the old version did not say of itself', () => {
    const silent: Signature = { ...base, task: 'unknown', classes: undefined, featureNames: undefined, inputs: [] };
    expect(differences({ ...silent, methods: ['predict'] }, { ...base, inputs: native.inputs })).toEqual([]);
  });

  it('another format of the same model, but for what it cannot do', () => {
    expect(differences(native, base)).toEqual([]);
    expect(differences(base, native)).toEqual(['methods: [predict, predictProba, run] > [predict, predictProba]']);
  });
});
