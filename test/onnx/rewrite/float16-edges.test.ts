import { describe, expect, it } from 'vitest';
import {
  makeAttribute,
  makeGraph,
  makeModel,
  makeNode,
  makeTensor,
  makeTensorType,
  makeValueInfo,
} from '../../../src/formats/onnx-proto/build.ts';
import { DATA_TYPE } from '../../../src/formats/onnx-proto/element-type.ts';
import type { OnnxModel } from '../../../src/formats/onnx-proto/onnx-model.ts';
import { graphInputs, graphOutputs } from '../../../src/onnx/graph-values.ts';
import { castHalfEdges } from '../../../src/onnx/rewrite/float16-edges.ts';
import { allModels, expectation, type FixtureTensor, fixture } from '../fixture-models.ts';
import { runGraph } from '../run-graph.ts';

const HALF = makeTensorType(DATA_TYPE.FLOAT16, [2]);
const floats = (...data: number[]): { type: string; data: Float32Array; dims: number[] } => ({
  type: 'float32',
  data: Float32Array.from(data),
  dims: [data.length],
});

describe('castHalfEdges', () => {
  it.each(['identity_float16', 'add_float16'])('%s gives the same values as float32', async (name) => {
    const { inputs = [], expected } = expectation(name);
    const { model } = castHalfEdges(fixture(name));
    const feeds = Object.fromEntries(
      inputs.map((input) => [input.name, { ...floats(...(input.data as number[]).map(toNumber)), dims: input.shape }]),
    );
    const results = await runGraph(model, feeds);
    for (const wanted of expected as FixtureTensor[]) {
      expect(results[wanted.name]).toEqual({
        type: 'float32',
        data: (wanted.data as number[]).map(toNumber),
        dims: wanted.shape,
      });
    }
  });

  it('makes bfloat16 inputs loadable', async () => {
    const { model, inputs } = castHalfEdges(fixture('bfloat16_input'));
    expect([...inputs]).toEqual([['x', 'bfloat16']]);
    expect((await runGraph(model, { x: floats(1.5, -2) })).y?.data).toEqual([1.5, -2]);
  });

  it('follows names into branches, and leaves the names of the branch alone', async () => {
    const model = castHalfEdges(branching()).model;
    const flag = (value: number): object => ({ type: 'bool', data: Uint8Array.of(value), dims: [] });
    const run = (value: number): ReturnType<typeof runGraph> =>
      runGraph(model, { x: floats(1, 2), flag: flag(value) as ReturnType<typeof floats> & { data: Float32Array } });
    expect((await run(1)).y).toEqual({ type: 'float32', data: [-1, -2], dims: [2] });
    expect((await run(0)).y).toEqual({ type: 'float32', data: [1, 2], dims: [2] });
  });

  it('widens the default of an input', () => {
    const graph = makeGraph('g', {
      nodes: [makeNode('Neg', { inputs: ['x'], outputs: ['y'] })],
      inputs: [makeValueInfo('x', HALF)],
      outputs: [makeValueInfo('y', HALF)],
      initializers: [makeTensor('x', DATA_TYPE.FLOAT16, [2], Uint8Array.of(0, 0x3c, 0, 0x40))],
    });
    const { model } = castHalfEdges(makeModel(graph, { '': 18 }));
    const [input] = graphInputs(model);
    expect(input).toMatchObject({ dtype: 'float32', fallback: { dtype: 'float32', shape: [2] } });
    expect(Array.from(input?.fallback?.data ?? [])).toEqual([1, 2]);
  });

  it('leaves every model without half-precision edges as it is', () => {
    for (const [name, model] of allModels()) {
      const half = [...graphInputs(model), ...graphOutputs(model)].some(
        ({ dtype }) => dtype?.endsWith('float16') === true,
      );
      expect(castHalfEdges(model).model === model, name).toBe(!half);
    }
  });
});

/** An If whose one branch computes with the outer `x` and whose other gives it as it is. */
function branching(): OnnxModel {
  const branch = (nodes: Parameters<typeof makeGraph>[1]['nodes'], output: string): ReturnType<typeof makeAttribute> =>
    makeAttribute(output === 'n' ? 'then_branch' : 'else_branch', {
      graph: makeGraph(output, { nodes, inputs: [], outputs: [makeValueInfo(output, HALF)] }),
    });
  const node = makeNode('If', { inputs: ['flag'], outputs: ['y'] }, [
    branch([makeNode('Neg', { inputs: ['x'], outputs: ['n'] })], 'n'),
    branch([makeNode('Identity', { inputs: ['x'], outputs: ['i'] })], 'i'),
  ]);
  return makeModel(
    makeGraph('g', {
      nodes: [node],
      inputs: [makeValueInfo('x', HALF), makeValueInfo('flag', makeTensorType(DATA_TYPE.BOOL, []))],
      outputs: [makeValueInfo('y', HALF)],
    }),
    { '': 18 },
  );
}

function toNumber(value: unknown): number {
  return value === null ? Number.NaN : Number(value);
}
