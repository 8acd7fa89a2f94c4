import { describe, expect, it } from 'vitest';
import { decodeLabels, labelCodec, toLabel } from '../../src/onnx-runner/label-codec.ts';
import type { TensorLike } from '../../src/spec/tensor.ts';

const decode = (tensor: TensorLike): unknown => decodeLabels(tensor, toLabel);

describe('decodeLabels', () => {
  it.each<[string, TensorLike, unknown]>([
    ['int64 as numbers', { data: BigInt64Array.of(0n, 1n), shape: [2], dtype: 'int64' }, [0, 1]],
    [
      'int64 beyond 2^53 as bigint',
      { data: BigInt64Array.of(9007199254740993n, -1n), shape: [2], dtype: 'int64' },
      [9007199254740993n, -1],
    ],
    ['strings', { data: ['a', 'b'], shape: [2, 1], dtype: 'string' }, ['a', 'b']],
    ['bool', { data: Uint8Array.of(1, 0), shape: [2], dtype: 'bool' }, [true, false]],
    ['one column of floats', { data: Float32Array.of(1.5, 2.5), shape: [2, 1], dtype: 'float32' }, [1.5, 2.5]],
    [
      'several columns',
      { data: BigInt64Array.of(1n, 2n, 3n, 4n), shape: [2, 2], dtype: 'int64' },
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['no rows', { data: Float32Array.of(), shape: [0, 1], dtype: 'float32' }, []],
  ])('%s', (_, tensor, want) => {
    expect(decode(tensor)).toEqual(want);
  });
});

describe('labelCodec', () => {
  it('keeps the classes of the graph where the metadata has none, or the same in another order', () => {
    expect(labelCodec(['b', 'a'], undefined).classes).toEqual(['b', 'a']);
    const codec = labelCodec([1, 0], [0, 1]);
    expect(codec.classes).toEqual([1, 0]);
    expect([0n, 1n].map(codec.decode)).toEqual([0, 1]);
  });

  it('gives back the classes that the graph only has stand-ins for', () => {
    const codec = labelCodec([0, 1], [false, true]);
    expect(codec.classes).toEqual([false, true]);
    expect([0n, 1n].map(codec.decode)).toEqual([false, true]);
    expect([10n, 20n].map(labelCodec([10, 20], ['low', 'high']).decode)).toEqual(['low', 'high']);
  });

  it('does not take 1 and "1" for the same class', () => {
    expect([1n, 2n].map(labelCodec([1, 2], ['1', '2']).decode)).toEqual(['1', '2']);
  });

  it('leaves out classes whose number is another', () => {
    expect(labelCodec([0, 1], ['a', 'b', 'c']).classes).toEqual([0, 1]);
  });

  it('reads indices where the graph does not say its classes', () => {
    const codec = labelCodec(undefined, ['no', 'yes']);
    expect([1n, 0n].map(codec.decode)).toEqual(['yes', 'no']);
    expect(codec.decode('yes')).toBe('yes');
    expect(() => codec.decode(2n)).toThrow(expect.objectContaining({ code: 'ML_PREDICT_FAILED' }));
    expect(() => codec.decode(-1n)).toThrow(expect.objectContaining({ code: 'ML_PREDICT_FAILED' }));
  });

  it('takes whole-number classes as the labels themselves', () => {
    expect([3n, 7n].map(labelCodec(undefined, [3, 7]).decode)).toEqual([3, 7]);
  });
});
