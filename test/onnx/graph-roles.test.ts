import { describe, expect, it } from 'vitest';
import {
  makeAttribute,
  makeGraph,
  makeModel,
  makeNode,
  makeTensorType,
  makeValueInfo,
} from '../../src/formats/onnx-proto/build.ts';
import { DATA_TYPE } from '../../src/formats/onnx-proto/element-type.ts';
import type { OnnxAttribute, OnnxModel } from '../../src/formats/onnx-proto/onnx-model.ts';
import { graphRoles } from '../../src/onnx/graph-roles.ts';
import { removeZipMap } from '../../src/onnx/rewrite/remove-zipmap.ts';
import { allModels, fixture } from './fixture-models.ts';

const CASES: readonly (readonly [name: string, roles: object])[] = [
  ['isolation_forest', { label: 'label', scores: 'scores', classes: undefined, task: 'outlier-detection' }],
  ['one_class_svm', { label: 'label', scores: 'scores', classes: undefined, task: 'outlier-detection' }],
  ['kmeans', { label: 'label', transform: 'scores', classes: undefined, task: 'clustering' }],
  ['pca', { transform: 'variable', classes: undefined, task: 'transformation' }],
  ['standard_scaler', { transform: 'variable', classes: undefined, task: 'transformation' }],
  ['one_hot_strings', { transform: 'variable', classes: undefined, task: 'transformation' }],
  ['columns_transformer', { transform: 'transformed_column', classes: undefined, task: 'transformation' }],
  ['text_tfidf_matrix', { transform: 'variable', classes: undefined, task: 'transformation' }],
  ['regressor', { value: 'variable', classes: undefined, task: 'regression' }],
  ['regressor_two_targets', { value: 'variable', classes: undefined, task: 'regression' }],
  ['double_linear', { value: 'variable', classes: undefined, task: 'regression' }],
  ['multi_output_classifier', { label: 'label', classes: undefined, task: 'multilabel-classification' }],
  ['add_float32', { classes: undefined, task: 'unknown' }],
  [
    'double_logistic',
    { label: 'label', probabilities: 'probabilities', classes: [0, 1, 2], task: 'multiclass-classification' },
  ],
  [
    'zipmap_string_binary',
    {
      label: 'output_label',
      probabilities: 'output_probability',
      classes: ['setosa', 'versicolor'],
      task: 'binary-classification',
    },
  ],
  [
    'zipmap_columns_3',
    { label: 'output_label', probabilities: ['i0', 'i1', 'i2'], classes: [0, 1, 2], task: 'multiclass-classification' },
  ],
  [
    'labels_big_int64',
    {
      label: 'label',
      probabilities: 'probabilities',
      classes: [-4611686018427387904n, 9007199254740993n, 1152921504606846977n],
      task: 'multiclass-classification',
    },
  ],
];

describe('graphRoles', () => {
  it.each(CASES)('%s', (name, roles) => {
    expect(graphRoles(fixture(name))).toEqual(roles);
  });

  it('gives the same before and after maps became matrices', () => {
    for (const [name, model] of allModels()) {
      const removed = removeZipMap(model);
      expect(graphRoles(removed.model, removed.maps), name).toEqual(graphRoles(model));
    }
  });

  it('orders probability columns by class, not by output', () => {
    const model = fixture('zipmap_columns_3');
    const { graph } = model;
    if (graph === undefined) throw new Error('the fixture has no graph');
    const shuffled = { ...model, graph: { ...graph, outputs: [...graph.outputs].reverse() } };
    expect(graphRoles(shuffled).probabilities).toEqual(['i0', 'i1', 'i2']);
  });

  it('takes the scores of a linear classifier without a last step for decision values', () => {
    expect(graphRoles(classifier([]))).toMatchObject({ label: 'label', scores: 'probabilities', classes: ['a', 'b'] });
    const logistic = classifier([makeAttribute('post_transform', { text: 'LOGISTIC' })]);
    expect(graphRoles(logistic)).toMatchObject({ label: 'label', probabilities: 'probabilities' });
  });

  it('follows a LabelEncoder behind a classifier', () => {
    const encoder = makeNode('LabelEncoder', { inputs: ['index'], outputs: ['label'], domain: 'ai.onnx.ml' }, [
      makeAttribute('keys_int64s', { ints: [1, 0] }),
      makeAttribute('values_strings', { texts: ['yes', 'no'] }),
    ]);
    const trees = makeNode(
      'TreeEnsembleClassifier',
      { inputs: ['x'], outputs: ['index', 'probabilities'], domain: 'ai.onnx.ml' },
      [makeAttribute('classlabels_int64s', { ints: [0, 1] })],
    );
    expect(graphRoles(model([trees, encoder])).classes).toEqual(['no', 'yes']);
  });

  it('takes a network that ends in a Softmax for a classifier', () => {
    const softmax = makeNode('Softmax', { inputs: ['x'], outputs: ['probabilities'] });
    const whole = model([softmax]);
    const { graph } = whole;
    if (graph === undefined) throw new Error('the model has no graph');
    const network = { ...whole, graph: { ...graph, outputs: graph.outputs.slice(1) } };
    expect(graphRoles(network)).toEqual({
      probabilities: 'probabilities',
      classes: undefined,
      task: 'binary-classification',
    });
  });

  it('ends on a ring of nodes', () => {
    const ring = [
      makeNode('Identity', { inputs: ['b'], outputs: ['label'] }),
      makeNode('Identity', { inputs: ['label'], outputs: ['b'] }),
    ];
    expect(graphRoles(model(ring))).toMatchObject({ label: 'label', classes: undefined });
  });
});

function classifier(attributes: readonly OnnxAttribute[]): OnnxModel {
  const ends = { inputs: ['x'], outputs: ['label', 'probabilities'], domain: 'ai.onnx.ml' };
  return model([
    makeNode('LinearClassifier', ends, [makeAttribute('classlabels_strings', { texts: ['a', 'b'] }), ...attributes]),
  ]);
}

function model(nodes: Parameters<typeof makeGraph>[1]['nodes']): OnnxModel {
  const inputs = [makeValueInfo('x', makeTensorType(DATA_TYPE.FLOAT, [null, 4]))];
  const outputs = [
    makeValueInfo('label', makeTensorType(DATA_TYPE.STRING, [null])),
    makeValueInfo('probabilities', makeTensorType(DATA_TYPE.FLOAT, [null, 2])),
  ];
  return makeModel(makeGraph('g', { nodes, inputs, outputs }), { '': 18, 'ai.onnx.ml': 3 });
}
