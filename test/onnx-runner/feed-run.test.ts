import { describe, expect, it } from 'vitest';
import { feedRun, type RunInput } from '../../src/onnx-runner/feed-run.ts';
import { type FakeTensor, fakeOrt } from './fake-ort.ts';

const inputs: readonly RunInput[] = [{ name: 'x', dtype: 'float32', shape: ['N', 2] }];

function feed(given: unknown, of: readonly RunInput[] = inputs, dies?: string): Record<string, unknown> {
  return { ...feedRun(fakeOrt(), of, given, dies) };
}

function code(given: unknown, of?: readonly RunInput[]): unknown {
  try {
    feed(given, of);
  } catch (error) {
    return (error as { code: unknown }).code;
  }
  return undefined;
}

const tensor = (data: unknown, shape: readonly number[], dtype = 'float32'): unknown => ({ data, shape, dtype });

describe('feedRun', () => {
  it('takes typed arrays as they are and converts plain arrays', () => {
    const data = Float32Array.of(1, 2);
    expect(feed({ x: tensor(data, [1, 2]) })['x']).toMatchObject({ data });
    expect((feed({ x: tensor(data, [1, 2]) })['x'] as FakeTensor).data).toBe(data);
    expect(feed({ x: tensor([1, null], [1, 2]) })['x']).toMatchObject({
      data: Float32Array.of(1, Number.NaN),
      dims: [1, 2],
    });
  });

  it('takes half-precision numbers as values or as bits', () => {
    const half: readonly RunInput[] = [{ name: 'x', dtype: 'float16', shape: [2] }];
    const want = { type: 'float32', data: Float32Array.of(1, -2) };
    expect(feed({ x: tensor(Float32Array.of(1, -2), [2], 'float16') }, half)['x']).toMatchObject(want);
    expect(feed({ x: tensor(Uint16Array.of(0x3c00, 0xc000), [2], 'float16') }, half)['x']).toMatchObject(want);
  });

  it('checks bool, integer and text elements', () => {
    const of = (dtype: 'bool' | 'int64' | 'string'): readonly RunInput[] => [{ name: 'x', dtype, shape: [1] }];
    expect(feed({ x: tensor([true], [1], 'bool') }, of('bool'))['x']).toMatchObject({ data: Uint8Array.of(1) });
    expect(code({ x: tensor(Uint8Array.of(2), [1], 'bool') }, of('bool'))).toBe('ML_INPUT_DTYPE');
    expect(feed({ x: tensor([5], [1], 'int64') }, of('int64'))['x']).toMatchObject({ data: BigInt64Array.of(5n) });
    expect(code({ x: tensor([5.5], [1], 'int64') }, of('int64'))).toBe('ML_INPUT_DTYPE');
    expect(code({ x: tensor([5], [1], 'string') }, of('string'))).toBe('ML_INPUT_DTYPE');
    expect(code({ x: tensor([null], [1], 'string') }, of('string'))).toBe('ML_INPUT_MISSING_VALUE');
  });

  it.each<[string, unknown, string]>([
    ['an unknown name', { x: tensor([1, 2], [1, 2]), z: tensor([1], [1]) }, 'ML_INPUT_FEATURE_NAMES'],
    ['a missing name', {}, 'ML_INPUT_FEATURE_NAMES'],
    ['another dtype', { x: tensor(Float64Array.of(1, 2), [1, 2], 'float64') }, 'ML_INPUT_DTYPE'],
    ['another rank', { x: tensor([1, 2], [2]) }, 'ML_INPUT_SHAPE'],
    ['another fixed extent', { x: tensor([1, 2, 3], [1, 3]) }, 'ML_INPUT_SHAPE'],
    ['too few values', { x: tensor([1], [1, 2]) }, 'ML_INPUT_SHAPE'],
    ['a negative extent', { x: tensor([1, 2], [-1, -2]) }, 'ML_INPUT_SHAPE'],
    ['a fraction as extent', { x: tensor([1, 2], [4, 0.5]) }, 'ML_INPUT_SHAPE'],
    ['no tensor', { x: [1, 2] }, 'ML_INPUT_INVALID'],
    ['a tensor without data', { x: { shape: [1, 2], dtype: 'float32' } }, 'ML_INPUT_INVALID'],
    ['a DataView', { x: tensor(new DataView(new ArrayBuffer(8)), [1, 2]) }, 'ML_INPUT_INVALID'],
    ['null', null, 'ML_INPUT_INVALID'],
    ['an array', [tensor([1, 2], [1, 2])], 'ML_INPUT_INVALID'],
  ])('refuses %s', (_, given, expected) => {
    expect(code(given)).toBe(expected);
  });

  it('names the inputs that the model has', () => {
    expect(() => feed({ y: tensor([1, 2], [1, 2]) })).toThrow(/unknown inputs "y"; the model's inputs are "x"/);
  });

  it('finds no inputs on the prototype', () => {
    expect(code({}, [{ name: 'toString', dtype: 'float32', shape: [1] }])).toBe('ML_INPUT_FEATURE_NAMES');
  });

  it('lets inputs out that have a default', () => {
    const fallback = { data: Float32Array.of(9), shape: [1], dtype: 'float32' as const };
    const of: readonly RunInput[] = [...inputs, { name: 'b', dtype: 'float32', shape: [1], fallback }];
    expect(Object.keys(feed({ x: tensor([1, 2], [1, 2]) }, of))).toEqual(['x']);
    expect(feed({ x: tensor([1, 2], [1, 2]), b: tensor([3], [1]) }, of)['b']).toMatchObject({
      data: Float32Array.of(3),
    });
  });

  it('keeps empty tensors from operators that end the process', () => {
    expect(() => feed({ x: tensor([], [0, 2]) }, inputs, 'TopK')).toThrow(
      expect.objectContaining({ code: 'ML_INPUT_SHAPE' }),
    );
    expect(feed({ x: tensor([], [0, 2]) })['x']).toMatchObject({ dims: [0, 2] });
  });
});
