import { describe, expect, it } from 'vitest';
import { loader } from '../../../src/loaders/tfjs/tfjs-loader.ts';
import { contextOf } from '../../onnx-runner/harness.ts';

const float = { type: 'DT_FLOAT' };
const unknownBatch = { dim: [{ size: '-1' }, { size: '2' }] };
const placeholder = { name: 'x', op: 'Placeholder', attr: { dtype: float, shape: { shape: unknownBatch } } };
const kernel = {
  name: 'kernel',
  op: 'Const',
  attr: {
    dtype: float,
    value: { tensor: { dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '2' }, { size: '1' }] } } },
  },
};
const product = {
  name: 'product',
  op: 'MatMul',
  input: ['x', 'kernel'],
  attr: { T: float, transpose_a: { b: false }, transpose_b: { b: false } },
};
const node = [placeholder, kernel, product];

function document(changed: object = {}): Uint8Array {
  const model = {
    format: 'graph-model',
    generatedBy: '2.15.0',
    convertedBy: 'TensorFlow.js Converter v4.22.0',
    modelTopology: { node, versions: { producer: 1882 } },
    signature: {
      inputs: { amounts: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: unknownBatch } },
      outputs: { score: { name: 'product:0', dtype: 'DT_FLOAT' } },
    },
    weightsManifest: [{ paths: ['a.bin'], weights: [{ name: 'kernel', shape: [2, 1], dtype: 'float32' }] }],
    ...changed,
  };
  return Buffer.from(JSON.stringify(model));
}

const companions = { 'a.bin': new Uint8Array(Float32Array.of(2, 3).buffer) };

describe('TensorFlow.js graph models', () => {
  it('answer with the weights of their shards, by the names of the signature', async () => {
    const model = await loader.load(contextOf(document(), { companions }));
    expect(
      await model.predict?.(
        [
          [1, 1],
          [2, 0],
        ],
        {},
      ),
    ).toEqual([5, 4]);
    const feeds = { amounts: { data: Float32Array.of(1, 10), shape: [1, 2], dtype: 'float32' as const } };
    expect(await model.run?.(feeds, {})).toMatchObject({ score: { shape: [1, 1], data: Float32Array.of(32) } });
    await model.dispose?.();
  });

  it('answer without a signature, by the names of the nodes', async () => {
    const model = await loader.load(contextOf(document({ signature: undefined }), { companions }));
    expect(model.info?.inputs).toMatchObject([{ name: 'x' }]);
    expect(await model.predict?.([[1, 1]], {})).toEqual([5]);
    await model.dispose?.();
  });

  it('give on TensorFlow.js itself what they give natively', async () => {
    const model = await loader.load(contextOf(document(), { companions, options: { engine: 'tfjs-wasm' } }));
    expect(
      await model.predict?.(
        [
          [1, 1],
          [2, 0],
        ],
        {},
      ),
    ).toEqual([5, 4]);
    await model.dispose?.();
  });

  it('take no option of onnxruntime where TensorFlow.js computes', async () => {
    const options = { engine: 'tfjs', session: {} };
    await expect(loader.load(contextOf(document(), { companions, options }))).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
    });
  });

  it('that reach beyond tensors are refused by name', async () => {
    const reader = { name: 'r', op: 'ReadFile', input: ['x'], attr: {} };
    const bytes = document({ modelTopology: { node: [...node, reader] } });
    await expect(loader.load(contextOf(bytes, { companions }))).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSAFE',
      message: expect.stringContaining('ReadFile'),
    });
  });

  it('with operators that nothing computes name them', async () => {
    const strange = { ...product, op: 'FancyMatMul' };
    const bytes = document({ modelTopology: { node: [placeholder, kernel, strange] } });
    await expect(loader.load(contextOf(bytes, { companions }))).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
      message: expect.stringContaining('FancyMatMul'),
    });
  });

  it.each([
    ['no list of nodes', { node: {} }],
    ['a node that is none', { node: [null] }],
    ['a node without an operator', { node: [{ name: 'x' }] }],
    ['an input that is a number', { node: [placeholder, kernel, { ...product, input: [1, 2] }] }],
    ['an input that is not there', { node: [placeholder, kernel, { ...product, input: ['x', 'nothing'] }] }],
    ['an element type that is none', { node: [{ ...placeholder, attr: { dtype: { type: 'DT_LONGDOUBLE' } } }] }],
    [
      'an extent that is no number',
      { node: [{ ...placeholder, attr: { shape: { shape: { dim: [{ size: 'many' }] } } } }] },
    ],
    [
      'a weight of another type',
      { node: [placeholder, { ...kernel, attr: { value: { tensor: { dtype: 'DT_INT32' } } } }, product] },
    ],
  ])('%s are refused', async (_, modelTopology) => {
    await expect(loader.load(contextOf(document({ modelTopology }), { companions }))).rejects.toMatchObject({
      code: expect.stringMatching(/^ML_FORMAT_(?:MALFORMED|UNSUPPORTED)$/),
    });
  });

  it('with attributes in attributes without end are refused', async () => {
    const depth = 20_000;
    const nested = `${'{"func":{"name":"f","attr":{"a":'.repeat(depth)}{"i":1}${'}}}'.repeat(depth)}`;
    const text = Buffer.from(document()).toString().replace('"transpose_a":{"b":false}', `"transpose_a":${nested}`);
    await expect(loader.load(contextOf(Buffer.from(text), { companions }))).rejects.toMatchObject({
      code: expect.stringMatching(/^ML_FORMAT_/),
    });
  });
});
