import { describe, expect, it } from 'vitest';
import { makeNode } from '../../../src/formats/onnx-proto/build.ts';
import { edited, type OnnxModel } from '../../../src/formats/onnx-proto/onnx-model.ts';
import { graphOutputs } from '../../../src/onnx/graph-values.ts';
import { removeZipMap } from '../../../src/onnx/rewrite/remove-zipmap.ts';
import { allModels, fixture } from '../fixture-models.ts';
import { runGraph } from '../run-graph.ts';

describe('removeZipMap', () => {
  it('makes the map a matrix under the same name', async () => {
    const { model, maps } = removeZipMap(fixture('zipmap_string'));
    expect(maps).toEqual([{ output: 'output_probability', classes: ['setosa', 'versicolor', 'virginica'] }]);
    expect(graphOutputs(model).at(1)).toMatchObject({ kind: 'tensor', dtype: 'float32', shape: [null, 3] });
    const feeds = {
      X: { type: 'float32', data: Float32Array.of(5.1, 3.5, 1.4, 0.2, 6.9, 3.2, 5.7, 2.3), dims: [2, 4] },
    };
    const { output_label: label, output_probability: matrix } = await runGraph(model, feeds);
    expect(label?.data).toEqual(['setosa', 'virginica']);
    expect(matrix?.dims).toEqual([2, 3]);
    const [a, b, c] = matrix?.data ?? [];
    expect(Number(a) + Number(b) + Number(c)).toBeCloseTo(1, 5);
  });

  it('keeps integer keys beyond 2^53', () => {
    const { maps } = removeZipMap(fixture('labels_big_int64_zipmap'));
    expect(maps[0]?.classes).toEqual([-4611686018427387904n, 9007199254740993n, 1152921504606846977n]);
  });

  it('leaves every other model as it is', () => {
    const others = allModels().filter(([, model]) => !model.graph?.nodes.some((node) => node.opType === 'ZipMap'));
    expect(others.length).toBeGreaterThan(50);
    for (const [name, model] of others) expect(removeZipMap(model).model, name).toBe(model);
  });

  it('leaves maps that another node reads', () => {
    const model = fixture('map_output');
    const read = withNode(model, makeNode('Identity', { inputs: ['maps'], outputs: ['again'] }));
    expect(removeZipMap(read).model).toBe(read);
  });
});

function withNode(model: OnnxModel, node: ReturnType<typeof makeNode>): OnnxModel {
  const { graph } = model;
  if (graph === undefined) throw new Error('the fixture has no graph');
  return edited(model, { graph: edited(graph, { nodes: [...graph.nodes, node] }) });
}
