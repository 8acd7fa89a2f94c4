import { describe, expect, it } from 'vitest';
import { float, int, ints } from '../../../src/onnx/builder/attributes.ts';
import { GraphBuilder } from '../../../src/onnx/builder/graph-builder.ts';
import { openBuiltGraph } from '../../../src/onnx-runner/open-built-graph.ts';
import type { LoadedModel } from '../../../src/spec/model-loader.ts';
import { contextOf } from '../../onnx-runner/harness.ts';

const MEANING = { task: 'unknown', roles: { value: 'y' }, classes: undefined, loader: 'test' } as const;

function open(g: GraphBuilder): Promise<LoadedModel> {
  return openBuiltGraph(contextOf(new Uint8Array()), g.finish('test'), MEANING);
}

describe('GraphBuilder', () => {
  it('runs large weights from the memory that they are in, without copying them', async () => {
    const file = new Float32Array(8 * 300 + 64);
    const values = file.subarray(7, 7 + 8 * 300);
    for (let i = 0; i < values.length; i++) values[i] = Math.sin(i);
    const g = new GraphBuilder();
    const x = g.input('x', { dtype: 'float32', shape: ['batch', 8] });
    const w = g.constant({ data: values, shape: [8, 300], dtype: 'float32' }, 'w');
    g.output(g.op('MatMul', [x, w], {}, { shape: ['batch', 300] }), 'y');
    const built = g.finish('test');
    expect(built.externalData).toHaveLength(1);
    expect(built.externalData[0]?.data.buffer).toBe(file.buffer);
    const model = await openBuiltGraph(contextOf(new Uint8Array()), built, MEANING);
    const row = [1, 0, 0, 0, 0, 0, 0, 2];
    const got = (await model.predict?.([row], {})) as unknown as number[][];
    expect(got[0]).toHaveLength(300);
    expect(got[0]?.[7]).toBeCloseTo((values[7] as number) + 2 * (values[7 * 300 + 7] as number), 5);
    await model.dispose?.();
  });

  it('leaves out the inputs that are left out at the end', () => {
    const g = new GraphBuilder();
    const x = g.input('x', { dtype: 'float32', shape: ['batch', 2] });
    g.output(g.op('Clip', [x, undefined, g.scalar(1, 'float32')]), 'y');
    g.output(g.op('LayerNormalization', [x, g.scalar(1, 'float32'), undefined]), 'z');
    const inputs = g.finish('test').model.graph?.nodes.map((node) => node.inputs.length);
    expect(inputs).toEqual([3, 1, 2, 1]);
  });

  it('stores equal small constants once and tells element types apart', () => {
    const g = new GraphBuilder();
    expect(g.ints([1, 2]).name).toBe(g.ints([1, 2]).name);
    expect(g.scalar(0, 'float32').name).not.toBe(g.scalar(0, 'int32').name);
    expect(g.ints([1]).name).not.toBe(g.scalar(1, 'int64').name);
  });

  it('keeps subgraphs that use outer values and weights', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', { dtype: 'float32', shape: ['batch', 2] });
    const big = g.op(
      'Greater',
      [g.op('ReduceMax', [x], { keepdims: int(0) }), g.scalar(10, 'float32')],
      {},
      { dtype: 'bool', shape: [] },
    );
    const branch = (factor: number): ReturnType<GraphBuilder['subgraph']> =>
      g.subgraph('branch', (inner) => {
        const scaled = inner.op('Mul', [x, inner.scalar(factor, 'float32')], {}, { shape: ['batch', 2] });
        inner.output(scaled, 'out');
      });
    const y = g.op(
      'If',
      [big],
      { then_branch: branch(-1), else_branch: branch(2) },
      { dtype: 'float32', shape: ['batch', 2] },
    );
    g.output(y, 'y');
    const model = await open(g);
    expect(await model.predict?.([[1, 2]], {})).toEqual([[2, 4]]);
    expect(await model.predict?.([[1, 20]], {})).toEqual([[-1, -20]]);
    await model.dispose?.();
  });

  it('leaves optional inputs and outputs out', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', { dtype: 'float32', shape: ['batch', 2] });
    const clipped = g.op('Clip', [x, undefined, g.scalar(3, 'float32')], {}, { shape: ['batch', 2] });
    const scale = g.constant({ data: Float32Array.of(1, 1), shape: [2], dtype: 'float32' });
    const [, , inverse] = g.node('LayerNormalization', {
      inputs: [clipped, scale],
      attributes: { epsilon: float(0) },
      outputs: [{ dtype: 'float32', shape: ['batch', 2] }, undefined, { dtype: 'float32', shape: ['batch', 1] }],
    });
    if (inverse === undefined) throw new Error('no output');
    g.output(inverse, 'y');
    const model = await open(g);
    expect(
      await model.predict?.(
        [
          [1, 50],
          [-7, -6],
        ],
        {},
      ),
    ).toEqual([1, 2]);
    await model.dispose?.();
  });

  it('binds images, sequences and several inputs by their first dimension', async () => {
    const g = new GraphBuilder();
    const image = g.input('image', { dtype: 'float32', shape: ['batch', 2, 2, 1] });
    const extra = g.input('extra', { dtype: 'float32', shape: ['batch', 1] });
    const sum = g.op('ReduceSum', [image, g.ints([1, 2])], { keepdims: int(0) }, { shape: ['batch', 1] });
    g.output(g.op('Add', [sum, extra], {}, { shape: ['batch', 1] }), 'y');
    const model = await open(g);
    const one = [
      [[1], [2]],
      [[3], [4]],
    ];
    const uneven = [
      { image: one, extra: [10] },
      { image: one, extra: [1, 2] },
    ];
    await expect(model.predict?.(uneven, {})).rejects.toMatchObject({ code: 'ML_INPUT_SHAPE' });
    expect(
      await model.predict?.(
        [
          { image: one, extra: 10 },
          { image: one, extra: 0.5 },
        ],
        {},
      ),
    ).toEqual([20, 10.5]);
    const images = { data: new Float32Array(8).fill(1), shape: [2, 2, 2, 1], dtype: 'float32' } as const;
    expect(await model.predict?.({ image: images, extra: [[1], [2]] } as never, {})).toEqual([5, 6]);
    expect(await model.predict?.([], {})).toEqual([]);
    await model.dispose?.();
  });

  it('gives outputs of more dimensions as nested arrays', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', { dtype: 'float32', shape: ['batch', 2, 2] });
    g.output(g.op('Transpose', [x], { perm: ints([0, 2, 1]) }, { shape: ['batch', 2, 2] }), 'y');
    const model = await open(g);
    expect(
      await model.predict?.(
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
        {},
      ),
    ).toEqual([
      [
        [1, 3],
        [2, 4],
      ],
    ]);
    await expect(model.predict?.([[[1, 2], [3]]] as never, {})).rejects.toMatchObject({ code: 'ML_INPUT_SHAPE' });
    await expect(
      model.predict?.(
        [
          [
            [1, 2],
            [3, 'a'],
          ],
        ] as never,
        {},
      ),
    ).rejects.toMatchObject({ code: 'ML_INPUT_DTYPE' });
    await model.dispose?.();
  });
});
