import { describe, expect, it } from 'vitest';
import {
  makeAttribute,
  makeGraph,
  makeModel,
  makeNode,
  makeTensorType,
  makeValueInfo,
} from '../../../src/formats/onnx-proto/build.ts';
import { encodeTensor } from '../../../src/formats/onnx-proto/encode-tensor.ts';
import { serializeModel } from '../../../src/formats/onnx-proto/write-model.ts';
import { loadModel } from '../../../src/index.ts';
import { trimAbsentInputs } from '../../../src/onnx/rewrite/trim-absent-inputs.ts';
import { allModels } from '../fixture-models.ts';

const vector = (name: string): ReturnType<typeof makeValueInfo> => makeValueInfo(name, makeTensorType(1, ['n', 2]));
const scale = encodeTensor('scale', { data: Float32Array.of(1, 1), shape: [2], dtype: 'float32' });
const normalization = makeNode('LayerNormalization', { inputs: ['x', 'scale', ''], outputs: ['y'] });

describe('trimAbsentInputs', () => {
  it('keeps a node from ending the process', async () => {
    const graph = makeGraph('g', {
      nodes: [normalization],
      inputs: [vector('x')],
      outputs: [vector('y')],
      initializers: [scale],
    });
    const model = await loadModel({ bytes: serializeModel(makeModel(graph, { '': 17 })), name: 'norm.onnx' });
    const [[a, b]] = (await model.predict([[1, 3]])) as unknown as [[number, number]];
    expect(a).toBeCloseTo(-1, 4);
    expect(b).toBeCloseTo(1, 4);
    await model.dispose();
  });

  it('reaches into branches and leaves gaps in the middle', () => {
    const clip = makeNode('Clip', { inputs: ['x', '', 'max', '', ''], outputs: ['z'] });
    const branch = makeGraph('b', { nodes: [clip], inputs: [], outputs: [vector('z')] });
    const choice = makeNode('If', { inputs: ['c'], outputs: ['y'] }, [makeAttribute('then_branch', { graph: branch })]);
    const model = makeModel(makeGraph('g', { nodes: [choice], inputs: [], outputs: [] }), { '': 17 });
    const inner = trimAbsentInputs(model).graph?.nodes[0]?.attributes[0]?.g?.nodes[0];
    expect(inner?.inputs).toEqual(['x', '', 'max']);
  });

  it('gives back a model without any', () => {
    for (const [name, model] of allModels()) {
      const trimmed = trimAbsentInputs(model);
      const has = model.graph?.nodes.some(({ inputs }) => inputs.at(-1) === '');
      expect(trimmed === model, name).toBe(has !== true);
    }
  });
});
