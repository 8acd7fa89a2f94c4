import { describe, expect, it } from 'vitest';
import { graphInputs, graphOutputs } from '../../src/onnx/graph-values.ts';
import { fixture } from './fixture-models.ts';

describe('graphInputs and graphOutputs', () => {
  it('tell types and shapes', () => {
    expect(graphInputs(fixture('columns_transformer')).map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['price', 'float32', [null, 1]],
      ['count', 'int64', [null, 1]],
      ['city', 'string', [null, 1]],
      ['member', 'bool', [null, 1]],
    ]);
    expect(graphInputs(fixture('dynamic_rows'))[0]?.shape?.[0]).toEqual(expect.any(String));
    expect(graphOutputs(fixture('unknown_dims'))[0]?.shape).toBeUndefined();
    expect(graphInputs(fixture('scalar'))[0]?.shape).toEqual([]);
  });

  it('name what is no tensor', () => {
    expect(graphOutputs(fixture('zipmap_int64'))[1]).toMatchObject({
      kind: 'sequence',
      dtype: undefined,
      typeText: 'sequence(map(int64, float))',
    });
    expect(graphOutputs(fixture('optional_output'))[0]).toMatchObject({
      kind: 'optional',
      typeText: 'optional(float)',
    });
  });

  it('give an input its default', () => {
    const [x, b] = graphInputs(fixture('optional_input'));
    expect(x).not.toHaveProperty('fallback');
    expect(b?.fallback).toMatchObject({ dtype: 'float32', shape: [2] });
    expect(Array.from(b?.fallback?.data ?? [])).toEqual([10, 20]);
  });

  it('leave weights out that an old file lists as inputs', () => {
    expect(graphInputs(fixture('ir3_initializers')).map(({ name }) => name)).toEqual(['x']);
  });
});
