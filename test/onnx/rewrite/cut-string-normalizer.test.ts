import { describe, expect, it } from 'vitest';
import {
  makeAttribute,
  makeGraph,
  makeModel,
  makeNode,
  makeTensorType,
  makeValueInfo,
} from '../../../src/formats/onnx-proto/build.ts';
import { DATA_TYPE } from '../../../src/formats/onnx-proto/element-type.ts';
import type { OnnxModel, OnnxNode } from '../../../src/formats/onnx-proto/onnx-model.ts';
import { cutStringNormalizers } from '../../../src/onnx/rewrite/cut-string-normalizer.ts';
import { applyStringNormalizer } from '../../../src/onnx/string-normalizer.ts';
import { allModels, fixture } from '../fixture-models.ts';
import { runGraph } from '../run-graph.ts';

const LOWER = [makeAttribute('case_change_action', { text: 'LOWER' }), makeAttribute('is_case_sensitive', { int: 1 })];
const normalizer = (from: string, to: string, attributes = LOWER): OnnxNode =>
  makeNode('StringNormalizer', { inputs: [from], outputs: [to] }, attributes);
const identity = (from: string, to: string): OnnxNode => makeNode('Identity', { inputs: [from], outputs: [to] });

function model(nodes: readonly OnnxNode[], outputs = ['y'], shape: readonly (number | null)[] = [null]): OnnxModel {
  const text = makeTensorType(DATA_TYPE.STRING, shape);
  const graph = makeGraph('g', {
    nodes,
    inputs: [makeValueInfo('x', text)],
    outputs: outputs.map((name) => makeValueInfo(name, makeTensorType(DATA_TYPE.STRING, undefined))),
  });
  return makeModel(graph, { '': 18 });
}

describe('cutStringNormalizers', () => {
  it('runs a text classifier without a locale', async () => {
    const { model: cut, steps, findings } = cutStringNormalizers(fixture('text_tfidf_matrix'));
    expect(findings).toEqual([]);
    expect(steps).toEqual([
      { input: 'text', caseChange: 'LOWER', stopwords: [], caseSensitive: false, flattened: true },
    ]);
    const given = { data: ['The CAT sat', 'the cat SAT'], shape: [2, 1], dtype: 'string' } as const;
    const fed = steps.reduce<Parameters<typeof applyStringNormalizer>[0]>(applyStringNormalizer, given);
    const { variable } = await runGraph(cut, { text: { type: 'string', data: fed.data, dims: fed.shape } });
    const width = variable?.dims[1] ?? 0;
    expect(variable?.data.slice(0, width)).toEqual(variable?.data.slice(width));
    expect(variable?.data.some((value) => value !== 0)).toBe(true);
  });

  it('cuts one behind another, in order', () => {
    const upper = [makeAttribute('case_change_action', { text: 'UPPER' })];
    const { steps } = cutStringNormalizers(
      model([normalizer('x', 'a'), identity('a', 'b'), normalizer('b', 'y', upper)]),
    );
    expect(steps.map(({ caseChange, caseSensitive }) => [caseChange, caseSensitive])).toEqual([
      ['LOWER', true],
      ['UPPER', false],
    ]);
  });

  it('leaves one that needs no locale', () => {
    const plain = model([
      normalizer('x', 'y', [
        makeAttribute('stopwords', { texts: ['a'] }),
        makeAttribute('is_case_sensitive', { int: 1 }),
      ]),
    ]);
    expect(cutStringNormalizers(plain)).toEqual({ model: plain, steps: [], findings: [] });
    for (const [name, other] of allModels()) {
      const cut = cutStringNormalizers(other);
      expect(cut.findings, name).toEqual([]);
      expect(cut.model === other, name).toBe(cut.steps.length === 0);
    }
  });

  const stopwords = [makeAttribute('stopwords', { texts: ['a'] }), ...LOWER];
  it.each<readonly [string, OnnxModel]>([
    ['whose input is read by another node', model([normalizer('x', 'y'), identity('x', 'z')], ['y', 'z'])],
    ['whose input is an output', model([identity('x', 'a'), normalizer('a', 'y')], ['y', 'a'])],
    [
      'behind another operator',
      model([makeNode('Concat', { inputs: ['x', 'x'], outputs: ['a'] }), normalizer('a', 'y')]),
    ],
    ['of an unknown action', model([normalizer('x', 'y', [makeAttribute('case_change_action', { text: 'TITLE' })])])],
    [
      'that removes texts from a matrix',
      model(
        [makeNode('Flatten', { inputs: ['x'], outputs: ['a'] }), normalizer('a', 'y', stopwords)],
        ['y'],
        [null, 3],
      ),
    ],
    ['on a ring', model([identity('b', 'a'), identity('a', 'b'), normalizer('a', 'y')])],
  ])('reports one %s', (_, given) => {
    const { steps, findings } = cutStringNormalizers(given);
    expect(steps).toEqual([]);
    expect(findings).toMatchObject([{ severity: 'unsupported', code: 'ML_FORMAT_UNSUPPORTED' }]);
    expect(findings[0]?.message).toContain('en_US.UTF-8');
  });

  it('reports one in a branch', () => {
    const branch = makeGraph('b', {
      nodes: [normalizer('x', 'n')],
      inputs: [],
      outputs: [makeValueInfo('n', makeTensorType(DATA_TYPE.STRING, [null]))],
    });
    const node = makeNode('If', { inputs: ['c'], outputs: ['y'] }, [makeAttribute('then_branch', { graph: branch })]);
    expect(cutStringNormalizers(model([node])).findings).toHaveLength(1);
  });
});
