import { describe, expect, it } from 'vitest';
import { GraphBuilder, type Value } from '../../src/onnx/builder/graph-builder.ts';
import { rowsIndependent } from '../../src/onnx/rows-independent.ts';
import { edited, type OnnxModel } from '../../src/formats/onnx-proto/onnx-model.ts';
import { fixture } from './fixture-models.ts';
import { runGraph } from './run-graph.ts';

type Build = (g: GraphBuilder, x: Value) => Value;

function modelOf(build: Build, shape: readonly (string | number)[] = ['batch', 4]): OnnxModel {
  const g = new GraphBuilder();
  const x = g.input('x', { dtype: 'float32', shape });
  g.output(build(g, x), 'y');
  const { model } = g.finish('case');
  const [own] = model.opsetImport;
  return edited(model, { opsetImport: own === undefined ? [] : [own, { ...own, domain: 'ai.onnx.ml', version: 3 }] });
}

const weights = (g: GraphBuilder, ...shape: number[]): Value => {
  const size = shape.reduce((a, b) => a * b, 1);
  return g.constant({ data: Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1)), shape, dtype: 'float32' });
};

const INDEPENDENT: Readonly<Record<string, readonly [Build, (readonly (string | number)[])?]>> = {
  'a dense network': [
    (g, x) => {
      const h = g.op('Relu', [g.op('Gemm', [x, weights(g, 4, 8), weights(g, 8)])]);
      return g.op('Softmax', [g.op('Add', [g.op('MatMul', [h, weights(g, 8, 3)]), weights(g, 3)])], {
        axis: { int: -1 },
      });
    },
  ],
  'weights that are transposed in the graph': [
    (g, x) => g.op('MatMul', [x, g.op('Transpose', [weights(g, 3, 4)], { perm: { ints: [1, 0] } })]),
  ],
  'a linear score': [(g, x) => g.op('Sign', [g.op('Sub', [g.op('MatMul', [x, weights(g, 4)]), weights(g, 1)])])],
  'a sum over columns': [(g, x) => g.op('ReduceSum', [x, g.ints([1])], { keepdims: { int: 0 } })],
  'a row as a constant': [(g, x) => g.op('Mul', [x, weights(g, 1, 4)])],
  'columns side by side': [(g, x) => g.op('Concat', [x, g.op('Neg', [x])], { axis: { int: 1 } })],
  'columns chosen': [(g, x) => g.op('Gather', [x, g.ints([2, 0])], { axis: { int: 1 } })],
  'a slice of columns': [(g, x) => g.op('Slice', [x, g.ints([1]), g.ints([3]), g.ints([-1])])],
  'a reshape that keeps rows': [(g, x) => g.op('Reshape', [x, g.ints([0, 2, 2])])],
  'a reshape that must keep rows': [(g, x) => g.op('Reshape', [x, g.ints([-1, 2, 2])])],
  'rows of one value made flat': [(g, x) => g.op('Reshape', [g.op('ReduceMax', [x, g.ints([1])]), g.ints([-1])])],
  'labels by index': [
    (g, x) => {
      const best = g.op('ArgMax', [x], { axis: { int: 1 } }, { dtype: 'int64' });
      const table = g.constant({ data: Float32Array.of(7, 8, 9, 10), shape: [4], dtype: 'float32' });
      const [lying] = g.node('ArrayFeatureExtractor', {
        inputs: [table, best],
        outputs: [{ dtype: 'float32', shape: undefined }],
        domain: 'ai.onnx.ml',
      });
      return g.op('Reshape', [lying, g.ints([-1])]);
    },
  ],
  'a convolution': [
    (g, x) => {
      const h = g.op('Relu', [g.op('Conv', [x, weights(g, 3, 1, 2, 2)])]);
      return g.op('Flatten', [g.op('GlobalAveragePool', [h])], { axis: { int: 1 } });
    },
    ['batch', 1, 4, 4],
  ],
  'attention within a row': [
    (g, x) => {
      const scores = g.op('Softmax', [g.op('MatMul', [x, g.op('Transpose', [x], { perm: { ints: [0, 2, 1] } })])], {
        axis: { int: -1 },
      });
      return g.op('MatMul', [scores, x]);
    },
    ['batch', 3, 2],
  ],
  'a layer normalisation': [(g, x) => g.op('LayerNormalization', [x, weights(g, 4), weights(g, 4)])],
};

const DEPENDENT: Readonly<Record<string, readonly [Build, (readonly (string | number)[])?]>> = {
  'a softmax over rows': [(g, x) => g.op('Softmax', [x], { axis: { int: 0 } })],
  'a mean over rows': [(g, x) => g.op('Sub', [x, g.op('ReduceMean', [x, g.ints([0])])])],
  'a sum over everything': [(g, x) => g.op('ReduceSum', [x])],
  'rows times rows': [(g, x) => g.op('MatMul', [x, g.op('Transpose', [x], { perm: { ints: [1, 0] } })])],
  'a Gemm of the transposed rows': [(g, x) => g.op('Gemm', [x, weights(g, 2, 3)], { transA: { int: 1 } })],
  'a matrix with a row for each row': [(g, x) => g.op('Add', [x, weights(g, 5, 4)])],
  'scores with an entry for each row': [(g, x) => g.op('Sub', [g.op('MatMul', [x, weights(g, 4)]), weights(g, 5)])],
  'a vector times rows': [(g, x) => g.op('MatMul', [weights(g, 5), x])],
  'rows that meet columns': [
    (g, x) => g.op('Add', [x, g.op('ReduceSum', [x, g.ints([1])], { keepdims: { int: 0 } })]),
    ['batch', 4],
  ],
  'a reshape over rows': [(g, x) => g.op('Reshape', [x, g.ints([2, -1])])],
  'a reshape of unknown rows': [(g, x) => g.op('Reshape', [x, g.ints([-1, 3])])],
  'rows one after another': [(g, x) => g.op('Concat', [x, x], { axis: { int: 0 } })],
  'rows chosen': [(g, x) => g.op('Gather', [x, g.ints([0])], { axis: { int: 0 } })],
  'the first row': [(g, x) => g.op('Slice', [x, g.ints([0]), g.ints([1])])],
  'a transposed result': [(g, x) => g.op('Transpose', [x], { perm: { ints: [1, 0] } })],
  'quantisation by the range of the batch': [
    (g, x) => {
      const [q] = g.node('DynamicQuantizeLinear', {
        inputs: [x],
        outputs: [
          { dtype: 'uint8', shape: undefined },
          { dtype: 'float32', shape: [] },
          { dtype: 'uint8', shape: [] },
        ],
      });
      return g.op('Cast', [q], { to: { int: 1 } }, { dtype: 'float32' });
    },
  ],
  'a running sum of rows': [(g, x) => g.op('CumSum', [x, g.scalar(0, 'int64')])],
  'a fixed number of rows': [(g, x) => g.op('Relu', [x]), [5, 4]],
  'an operator that nobody knows here': [(g, x) => g.op('Einsum', [x, x], { equation: { text: 'ij,kj->ik' } })],
};

describe('rows that do not influence each other', () => {
  it.each(Object.entries(INDEPENDENT))(
    'in %s: one by one they give what they give together',
    async (_, [build, shape]) => {
      const model = modelOf(build, shape);
      expect(rowsIndependent(model)).toBe(true);
      const rest = (shape ?? ['batch', 4]).slice(1) as number[];
      const size = rest.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length: 5 * size }, (__, i) => Math.cos(3 * i) * 2);
      const together = await runGraph(model, { x: { type: 'float32', data, dims: [5, ...rest] } });
      const apart: number[] = [];
      for (let row = 0; row < 5; row++) {
        const one = { type: 'float32', data: data.slice(row * size, (row + 1) * size), dims: [1, ...rest] };
        apart.push(...((await runGraph(model, { x: one }))['y']?.data as number[]));
      }
      const all = together['y']?.data as number[];
      expect(all).toHaveLength(apart.length);
      for (const [i, value] of all.entries()) expect(value).toBeCloseTo(apart[i] as number, 5);
    },
  );

  it.each(Object.entries(DEPENDENT))('are not seen in %s', (_, [build, shape]) => {
    expect(rowsIndependent(modelOf(build, shape))).toBe(false);
  });

  it.each([
    ['columns_classifier', true],
    ['double_logistic', true],
    ['knn_imputer', false],
    ['loop', false],
    ['if', false],
    ['local_function', false],
  ])('in the graph %s: %s', (name, expected) => {
    expect(rowsIndependent(fixture(name))).toBe(expected);
  });
});
