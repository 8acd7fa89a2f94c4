import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as functional, sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { TfArtifacts } from '../../src/engines/tfjs-api.ts';
import { importTfjs } from '../../src/engines/tfjs-import.ts';
import type { ModelMetadata } from '../../src/spec/metadata.ts';
import type { LoadedModel } from '../../src/spec/model-loader.ts';
import { openTfjsModel } from '../../src/tfjs-runner/open-tfjs-model.ts';
import { contextOf } from '../onnx-runner/harness.ts';

interface Savable {
  save(handler: {
    save(artifacts: object): Promise<{ modelArtifactsInfo: { dateSaved: Date; modelTopologyType: 'JSON' } }>;
  }): unknown;
}

/** What TensorFlow.js itself would write to files. */
async function artifactsOf(model: unknown): Promise<TfArtifacts> {
  let saved: object | undefined;
  await (model as Savable).save({
    save(artifacts) {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    },
  });
  return saved as TfArtifacts;
}

function open(artifacts: TfArtifacts, classes?: readonly string[]): Promise<LoadedModel> {
  const metadata: ModelMetadata | undefined = classes && { name: 'm', version: '1', classes, extra: {} };
  const context = contextOf(new Uint8Array(), metadata === undefined ? {} : { metadata });
  return openTfjsModel(context, { kind: 'layers', artifacts, label: 'model.json', engine: 'tfjs-wasm' });
}

const ones = { kernelInitializer: 'ones', biasInitializer: 'zeros' } as const;

describe('openTfjsModel', () => {
  it('runs a layers model in WebAssembly, its tensors disposed', async () => {
    await importTfjs('tfjs-wasm');
    const net = sequential({ layers: [layers.dense({ units: 2, inputShape: [3], activation: 'relu', ...ones })] });
    const model = await open(await artifactsOf(net));
    expect(model.info).toMatchObject({ engine: 'tfjs-wasm', inputs: [{ dtype: 'float32', shape: [null, 3] }] });
    const before = tf.memory().numTensors;
    expect(
      await model.predict?.(
        [
          [1, 2, 3],
          [-1, -2, -3],
        ],
        {},
      ),
    ).toEqual([
      [6, 6],
      [0, 0],
    ]);
    expect(await model.predict?.([], {})).toEqual([]);
    const name = model.info?.inputs?.[0]?.name ?? '';
    const fed = { data: Float32Array.of(1, 1, 1), shape: [1, 3], dtype: 'float32' } as const;
    const outputs = await model.run?.({ [name]: fed }, {});
    expect(Object.values(outputs ?? {})[0]).toMatchObject({ shape: [1, 2], dtype: 'float32' });
    expect(tf.memory().numTensors).toBe(before);
    await model.dispose?.();
    expect(tf.memory().numTensors).toBeLessThan(before);
  });

  it('gives classes of the metadata for a sigmoid and several outputs by name', async () => {
    const left = input({ shape: [2], name: 'left' });
    const right = input({ shape: [1], name: 'right' });
    const sum = layers
      .dense({ units: 1, activation: 'sigmoid', name: 'p', ...ones })
      .apply(layers.concatenate().apply([left, right]) as SymbolicTensor);
    const one = await open(await artifactsOf(functional({ inputs: [left, right], outputs: sum as SymbolicTensor })), [
      'no',
      'yes',
    ]);
    expect(
      await one.predict?.(
        [
          { left: [1, 2], right: [3] },
          { left: [-1, -2], right: [-3] },
        ],
        {},
      ),
    ).toEqual(['yes', 'no']);
    const proba = await one.predictProba?.({ left: [[0, 0]], right: [[0]] } as never, {});
    expect(proba).toMatchObject({ data: Float32Array.of(0.5, 0.5), shape: [1, 2] });
    await one.dispose?.();
  });

  it('refuses what TensorFlow.js refuses, with its reason', async () => {
    const artifacts = await artifactsOf(sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] }));
    const wrong = JSON.parse(JSON.stringify(artifacts.modelTopology).replace('"Dense"', '"Nonsense"')) as unknown;
    await expect(open({ ...artifacts, modelTopology: wrong })).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
      message: expect.stringMatching(/model\.json: tfjs-wasm 4\.\d+\.\d+ cannot load it: .*Nonsense/) as string,
    });
  });
});

describe('importTfjs', () => {
  it('names the packages to install where none is there', async () => {
    const absent = (): Promise<never> => Promise.reject(new Error('Cannot find package'));
    await expect(importTfjs('auto', { 'tfjs-node': absent, 'tfjs-wasm': absent })).rejects.toMatchObject({
      code: 'ML_LOADER_DEPENDENCY_MISSING',
      message: expect.stringMatching(/tfjs-node: Cannot find package; tfjs-wasm: .*npm install @tensorflow/) as string,
    });
  });

  it('takes WebAssembly where the native package breaks', async () => {
    const broken = (): Promise<never> => Promise.reject(new Error('util_1.isNullOrUndefined is not a function'));
    const runtime = await importTfjs('auto', {
      'tfjs-node': broken,
      'tfjs-wasm': () =>
        Promise.resolve(tf as never).then((core: object) => ({
          ...core,
          loadGraphModel: broken,
          loadLayersModel: broken,
        })),
    });
    expect(runtime.name).toBe('tfjs-wasm');
  });
});
