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
import type { OnnxFunction, OnnxModel, OnnxNode } from '../../src/formats/onnx-proto/onnx-model.ts';
import { processKillers } from '../../src/onnx/process-killers.ts';
import { allModels, fixture } from './fixture-models.ts';

const node = (opType: string, inputs: readonly string[], outputs: readonly string[], domain = ''): OnnxNode =>
  makeNode(opType, { inputs, outputs, domain });
const value = (name: string): ReturnType<typeof makeValueInfo> =>
  makeValueInfo(name, makeTensorType(DATA_TYPE.FLOAT, [null, 3]));

function inBranch(nodes: readonly OnnxNode[]): OnnxNode {
  const graph = makeGraph('branch', { nodes, inputs: [], outputs: [value('t')] });
  return makeNode('If', { inputs: ['flag'], outputs: ['y'] }, [makeAttribute('then_branch', { graph })]);
}

function model(nodes: readonly OnnxNode[], functions: readonly OnnxFunction[] = []): OnnxModel {
  const graph = makeGraph('g', { nodes, inputs: [value('x')], outputs: [value('y')] });
  return { ...makeModel(graph, { '': 18, local: 1 }), functions };
}

function local(name: string, nodes: readonly OnnxNode[]): OnnxFunction {
  return {
    source: undefined,
    unknown: [],
    name,
    domain: 'local',
    overload: undefined,
    inputs: ['a'],
    outputs: ['b'],
    attributes: [],
    attributeProtos: [],
    nodes,
    opsetImport: [],
    valueInfos: [],
    docString: undefined,
    metadataProps: [],
  };
}

const chosen = node('Compress', ['x', 'mask'], ['some']);
const rank = local('Rank', [node('TopK', ['a', 'k'], ['b', 'i'])]);
const wrap = local('Wrap', [node('Rank', ['a'], ['b'], 'local')]);

describe('processKillers', () => {
  it('reports a converted KNNImputer and no other model', () => {
    expect(processKillers(fixture('knn_imputer'))).toMatchObject([
      { severity: 'unsupported', code: 'ML_FORMAT_UNSUPPORTED' },
    ]);
    for (const [name, other] of allModels()) {
      if (name !== 'knn_imputer.onnx') expect(processKillers(other), name).toEqual([]);
    }
  });

  it.each<readonly [string, OnnxModel]>([
    ['in a branch, behind rows chosen by value', model([chosen, inBranch([node('TopK', ['some', 'k'], ['t', 'i'])])])],
    ['in a function that is given such rows', model([chosen, node('Rank', ['some'], ['y'], 'local')], [rank])],
    ['in a function of a function', model([chosen, node('Wrap', ['some'], ['y'], 'local')], [wrap, rank])],
    [
      'in a function that chooses rows itself',
      model(
        [node('Own', ['x'], ['y'], 'local')],
        [local('Own', [node('NonZero', ['a'], ['n']), node('TopK', ['n', 'k'], ['b', 'i'])])],
      ),
    ],
  ])('reports a TopK %s', (_, given) => {
    expect(processKillers(given)).toHaveLength(1);
  });

  it.each<readonly [string, OnnxModel]>([
    ['in a branch, over all rows', model([inBranch([node('TopK', ['x', 'k'], ['t', 'i'])])])],
    ['in a function, over all rows', model([node('Wrap', ['x'], ['y'], 'local')], [wrap, rank])],
    ['outside of branches', model([chosen, node('TopK', ['some', 'k'], ['y', 'i'])])],
    ['in a function that nobody calls', model([chosen, node('Neg', ['x'], ['y'])], [rank])],
  ])('lets a TopK %s pass', (_, given) => {
    expect(processKillers(given)).toEqual([]);
  });

  it('ends on functions that call each other in a ring, and on long chains', () => {
    const ring = [local('Rank', [node('Wrap', ['a'], ['b'], 'local')]), wrap];
    expect(processKillers(model([node('Wrap', ['x'], ['y'], 'local')], ring))).toEqual([]);
    const chain = Array.from({ length: 20_000 }, (_, i) => local(`F${i}`, [node(`F${i + 1}`, ['a'], ['b'], 'local')]));
    const last = local('F20000', [node('TopK', ['a', 'k'], ['b', 'i'])]);
    expect(processKillers(model([chosen, node('F0', ['some'], ['y'], 'local')], [...chain, last]))).toHaveLength(1);
  });
});
