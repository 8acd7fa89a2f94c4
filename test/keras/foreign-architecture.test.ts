import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignArchitecture } from '../../src/keras/conversion/foreign-architecture.ts';

const dense = { module: 'keras.layers', class_name: 'Dense', registered_name: null, config: { activation: 'relu' } };
const inModel = (layer: unknown): unknown => ({
  module: 'keras',
  class_name: 'Sequential',
  config: { layers: [dense, layer] },
});

describe('an architecture for Keras', () => {
  it.each([
    ['a layer', dense],
    [
      'a layer of Keras 2',
      { class_name: 'LocallyConnected1D', config: { kernel_initializer: { class_name: 'Zeros', config: {} } } },
    ],
    ['an operation', { module: 'keras.src.ops.numpy', class_name: 'Arctan2', config: { name: 'a' } }],
    [
      'a function of activation',
      { module: 'builtins', class_name: 'function', config: 'relu', registered_name: 'function' },
    ],
    ['a function of TensorFlow', { class_name: 'TFOpLambda', config: { function: 'math.atan2' } }],
  ])('is handed over with %s', (_, layer) => {
    expect(foreignArchitecture(inModel(layer))).toBeUndefined();
  });

  it.each([
    ['Lambda', { module: 'keras.layers', class_name: 'Lambda', config: {} }],
    ['keras.utils.get_file', { module: 'keras.utils', class_name: 'get_file', config: {} }],
    ['keras.layers.TorchModuleWrapper', { module: 'keras.layers', class_name: 'TorchModuleWrapper', config: {} }],
    ['keras.layers.TFSMLayer', { module: 'keras.layers', class_name: 'TFSMLayer', config: {} }],
    ['os.Dense', { module: 'os', class_name: 'Dense', config: {} }],
    ['keras.src.utils.Dense', { module: 'keras.src.utils', class_name: 'Dense', config: {} }],
    ['keras.layers.Dense', { module: 'keras.layers', class_name: 'Dense', registered_name: 'mine>Dense', config: {} }],
    ['builtins.function', { module: 'builtins', class_name: 'function', config: 'exec', registered_name: 'function' }],
    ['os.function', { module: 'os', class_name: 'function', config: 'system', registered_name: 'function' }],
    ['io.write_file', { class_name: 'TFOpLambda', config: { function: 'io.write_file' } }],
    ['activation deserialize', { class_name: 'Dense', config: { activation: 'deserialize' } }],
    ['kernel_initializer get', { class_name: 'Dense', config: { kernel_initializer: 'get' } }],
    ['stateful', { class_name: 'LSTM', config: { stateful: true } }],
    ['a class without a name', { class_name: 7, config: {} }],
  ])('with %s is not', (said, layer) => {
    expect(foreignArchitecture(inModel(layer))).toContain(said);
  });

  it('is looked through wherever an object stands', () => {
    const evil = { module: 'keras.layers', class_name: 'Lambda', config: {} };
    const nested = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constant(evil),
        fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
        fc.record({ inner: tie('tree') }),
      ),
    })).tree;
    fc.assert(
      fc.property(nested, (tree) => {
        expect(foreignArchitecture(inModel({ ...dense, extra: tree }))).toContain('Lambda');
      }),
    );
  });
});
