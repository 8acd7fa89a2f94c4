import { describe, expect, it } from 'vitest';
import { DenseMatrix } from '../../src/data/dataset.ts';
import { MLServiceError } from '../../src/errors/ml-service-error.ts';
import { Booster } from '../../src/xgboost/booster.ts';
import { looksLikeXgboost } from '../../src/xgboost/looks-like-xgboost.ts';
import { readBooster } from '../../src/xgboost/read-booster.ts';
import { binaryOf, bytesOf, documentOf, stump, ubjsonOf } from './documents.ts';

const X = new DenseMatrix(3, 1, Float64Array.of(0, 1, Number.NaN));
const build = (bytes: Uint8Array): Booster =>
  new Booster(readBooster(bytes), { className: 'b', missing: Number.NaN, asWrapper: false });
const margins = (bytes: Uint8Array): number[] => Array.from(build(bytes).margins(X));

function framed(model: Uint8Array): Buffer {
  const header = Buffer.alloc(22);
  header.write('CONFIG-offset:');
  header.writeUInt32LE(model.length, 14);
  return Buffer.concat([header, model, Buffer.from('{"learner":{}}')]);
}

describe('every format', () => {
  const document = documentOf();
  it.each([
    ['JSON', bytesOf(document)],
    ['JSON as Python pickles it', bytesOf({ Config: {}, Model: document })],
    ['UBJSON', ubjsonOf(document)],
    ['UBJSON as Python pickles it', ubjsonOf({ Config: {}, Model: document })],
  ])('%s', (_, bytes) => {
    expect(margins(bytes)).toEqual([-1, 2, 2]);
  });

  it('the old binary format, bare and in a frame', () => {
    expect(margins(binaryOf())).toEqual([-1, 2, -1]);
    expect(margins(framed(binaryOf()))).toEqual([-1, 2, -1]);
    expect(readBooster(binaryOf()).attributes).toEqual(new Map([['best_iteration', '0']]));
  });

  it('the binary format before 1.0, whose base score is a margin', () => {
    expect(margins(binaryOf({ objective: 'binary:logistic', base: 0.25, major: 0 }))[0]).toBe(-0.75);
    expect(margins(binaryOf({ objective: 'binary:logistic', base: 0.5, major: 1 }))[0]).toBe(-1);
  });

  it('JSON with bare NaN and infinities, and such words inside text', () => {
    const tree = stump({ split_conditions: ['@', -1, 2], base_weights: ['@', '@', '@'] });
    const text = JSON.stringify({ ...documentOf({ trees: [tree], attributes: { note: 'NaN, "Infinity"' } }) });
    const read = (word: string): number[] => margins(Buffer.from(text.replaceAll('"@"', word)));
    expect(read('Infinity')).toEqual([-1, -1, 2]);
    expect(read('-Infinity')).toEqual([2, 2, 2]);
    expect(read('NaN')).toEqual([2, 2, 2]);
    expect(readBooster(Buffer.from(text.replaceAll('"@"', 'NaN'))).attributes.get('note')).toBe('NaN, "Infinity"');
  });
});

describe('recognition', () => {
  it('knows its own', () => {
    for (const bytes of [bytesOf(documentOf()), ubjsonOf(documentOf()), binaryOf(), framed(binaryOf())]) {
      expect(looksLikeXgboost(bytes)).toBe(true);
    }
    expect(looksLikeXgboost(Buffer.from(' {"version": [1], "learner" : {}}'))).toBe(true);
  });

  it('leaves other content alone', () => {
    for (const text of [
      '',
      '{}',
      '[1]',
      '{"a":{"learner":1}}',
      '{"a":"learner"}',
      '{"name":"learner\\":"}',
      'tree\n',
      '{',
      '{L',
    ]) {
      expect(looksLikeXgboost(Buffer.from(text))).toBe(false);
    }
  });
});

describe('any bytes', () => {
  const sources = [bytesOf(documentOf({ weights: [1] })), ubjsonOf(documentOf()), binaryOf(), framed(binaryOf())];
  const attempt = (bytes: Uint8Array): void => {
    try {
      looksLikeXgboost(bytes);
      build(bytes).margins(X);
    } catch (error) {
      if (!MLServiceError.isInstance(error)) throw error;
    }
  };

  it('cut off anywhere give typed errors', () => {
    for (const source of sources) for (let end = 0; end < source.length; end++) attempt(source.subarray(0, end));
  });

  it('changed anywhere give typed errors or a model', () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let round = 0; round < 6000; round++) {
      const bytes = Uint8Array.from(sources[round % sources.length] as Uint8Array);
      for (let k = random(4); k >= 0; k--) bytes[random(bytes.length)] = random(256);
      attempt(bytes);
    }
  });
});
