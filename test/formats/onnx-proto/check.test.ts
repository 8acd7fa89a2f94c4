import { describe, expect, test } from 'vitest';
import {
  type GraphParts,
  makeAttribute,
  makeGraph,
  makeModel,
  makeNode,
  makeTensor,
  makeTensorType,
  makeValueInfo,
} from '../../../src/formats/onnx-proto/build.ts';
import { checkModel, type OnnxCheck, throwWorst } from '../../../src/formats/onnx-proto/check.ts';
import {
  edited,
  type OnnxFunction,
  type OnnxModel,
  type OnnxTensor,
} from '../../../src/formats/onnx-proto/onnx-model.ts';
import { readModel } from '../../../src/formats/onnx-proto/read-model.ts';
import { fixture, LIMITS, onnxFiles, validFiles } from './onnx-files.ts';

const float = makeTensorType(1, [null]);
const ints = (...values: number[]): Uint8Array => new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
const identity = (from: string, to: string): ReturnType<typeof makeNode> =>
  makeNode('Identity', { inputs: [from], outputs: [to] });
const model = (parts: Partial<GraphParts>): OnnxModel =>
  makeModel(
    makeGraph('g', {
      nodes: [identity('x', 'y')],
      inputs: [makeValueInfo('x', float)],
      outputs: [makeValueInfo('y', float)],
      ...parts,
    }),
    { '': 17 },
  );
const codes = (check: OnnxCheck): readonly string[] => check.findings.map(({ code }) => code);
const check = (given: OnnxModel): OnnxCheck => checkModel(given, LIMITS);
const external = (entries: Readonly<Record<string, string>>, bytes = 8): OnnxTensor =>
  edited(makeTensor('w', 1, [bytes / 4], new Uint8Array()), {
    rawData: undefined,
    dataLocation: 1,
    externalData: Object.entries(entries).map(([key, value]) => ({ source: undefined, unknown: [], key, value })),
  });

describe('valid files', () => {
  test('nothing is found in them', () => {
    const found = validFiles()
      .map(({ name, bytes }) => ({ name, findings: check(readModel(bytes, LIMITS)).findings }))
      .filter(({ findings }) => findings.length > 0);
    expect(found.map(({ name }) => name)).toEqual(['test/fixtures/onnx/custom_domain.onnx']);
    expect(found[0]?.findings).toEqual([
      { severity: 'unsupported', code: 'ML_FORMAT_UNSUPPORTED', message: expect.stringContaining('Mystery') },
    ]);
  });

  test('operators, operator sets and external files are listed', () => {
    const { operators, opsets } = check(readModel(fixture('zipmap_forest.onnx'), LIMITS));
    expect(operators.get('ai.onnx.ml.TreeEnsembleClassifier')).toBe(1);
    expect(opsets.get('ai.onnx.ml')).toBeGreaterThan(0);
    expect(check(readModel(fixture('ext.onnx'), LIMITS)).externalFiles).toEqual(
      new Map([['ext.onnx.data', fixture('ext.onnx.data').length]]),
    );
    expect([...check(readModel(fixture('ext_subfolder.onnx'), LIMITS)).externalFiles.keys()][0]).toContain('/');
  });
});

describe('broken files', () => {
  /** What only the engine (operators) or the folder (files) can tell. */
  const notHere = new Set(['ext_itself', 'ext_missing', 'unknown_operator', 'wrong_arity']);

  test.each(
    onnxFiles('test/fixtures/onnx/broken').map(({ name, bytes }) => [name.replace(/.*\/|\.onnx/g, ''), bytes] as const),
  )('%s', (name, bytes) => {
    const judge = (): void => throwWorst(check(readModel(bytes, LIMITS)).findings);
    if (notHere.has(name)) expect(judge).not.toThrow();
    else expect(judge).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ML_FORMAT_/) }));
  });

  test('an offset leads to the broken tensor', () => {
    const bytes = fixture('broken/raw_too_short.onnx');
    const [finding] = check(readModel(bytes, LIMITS)).findings;
    expect(finding?.offset).toBeGreaterThan(0);
    expect(finding?.offset).toBeLessThan(bytes.length);
  });
});

describe('external data', () => {
  test.each([
    '/etc/passwd',
    '../w.bin',
    'a/../../w.bin',
    'a/..',
    '.',
    './w.bin',
    'a//b',
    'a/',
    'C:\\w.bin',
    'C:w.bin',
    'a\\b',
    '\\\\server\\share',
    'file:///etc/passwd',
    'https://example.com/w.bin',
    'w.bin\u0000.txt',
    'w\n.bin',
    'w.bin:stream',
    '*/_ORT_MEM_ADDR_/*',
    '*/_ORT_NATIVE_ENDIAN_MEM_ADDR_/*',
    '\ufffd',
  ])('the location %j is unsafe', (location) => {
    expect(codes(check(model({ initializers: [external({ location })] })))).toEqual(['ML_FORMAT_UNSAFE']);
  });

  test.each<[string, Record<string, string>]>([
    ['__class__', { location: 'w.bin', __class__: 'x' }],
    ['constructor', { location: 'w.bin', constructor: 'x' }],
    ['prepacked', { location: 'w.bin', prepacked_0: 'x' }],
  ])('the key %s is unsafe', (_, entries) => {
    expect(codes(check(model({ initializers: [external(entries)] })))).toEqual(['ML_FORMAT_UNSAFE']);
  });

  test.each<[string, Record<string, string>]>([
    ['no location', { offset: '0' }],
    ['an empty location', { location: '' }],
    ['a negative offset', { location: 'w', offset: '-1' }],
    ['a fraction', { location: 'w', offset: '1.5' }],
    ['a hexadecimal number', { location: 'w', offset: '0x10' }],
    ['a huge offset', { location: 'w', offset: '9007199254740993' }],
    ['a sum beyond every number', { location: 'w', offset: '9007199254740991', length: '8' }],
    ['a wrong length', { location: 'w', length: '9' }],
  ])('%s is malformed', (_, entries) => {
    expect(codes(check(model({ initializers: [external(entries)] })))).toEqual(['ML_FORMAT_MALFORMED']);
  });

  test('a file that would be larger than allowed', () => {
    const tensor = external({ location: 'w', offset: String(2 ** 40) });
    expect(codes(check(model({ initializers: [tensor] })))).toEqual(['ML_FORMAT_LIMIT']);
  });

  test('is judged wherever a tensor can be, even where it is not used', () => {
    const bad = external({ location: '../w' });
    const unused = edited(bad, { dataLocation: 0, rawData: new Uint8Array(8) });
    const constant = (tensor: OnnxTensor): ReturnType<typeof makeNode> =>
      makeNode('Constant', { inputs: [], outputs: ['c'] }, [makeAttribute('value', { tensor })]);
    const inner = makeGraph('inner', { nodes: [constant(bad)], inputs: [], outputs: [makeValueInfo('c', float)] });
    const branch = makeNode('If', { inputs: ['x'], outputs: ['y'] }, [makeAttribute('then_branch', { graph: inner })]);
    const f: OnnxFunction = {
      source: undefined,
      unknown: [],
      name: 'F',
      domain: 'local',
      overload: undefined,
      inputs: [],
      outputs: ['c'],
      attributes: [],
      attributeProtos: [],
      nodes: [constant(bad)],
      opsetImport: [],
      valueInfos: [],
      docString: undefined,
      metadataProps: [],
    };
    const sparse = {
      source: undefined,
      unknown: [],
      values: bad,
      indices: makeTensor('i', 7, [2], ints(0, 1)),
      dims: [4n],
    };
    const plain = model({});
    for (const given of [
      model({ initializers: [unused] }),
      model({ nodes: [identity('x', 'y'), constant(bad)] }),
      model({ nodes: [branch] }),
      edited(plain, { functions: [f] }),
      edited(plain, { graph: plain.graph && edited(plain.graph, { sparseInitializers: [sparse] }) }),
      edited(plain, {
        trainingInfo: [{ source: undefined, unknown: [], initialization: undefined, algorithm: inner }],
      }),
    ]) {
      expect(codes(check(given))).toContain('ML_FORMAT_UNSAFE');
    }
  });
});

describe('names', () => {
  test('nodes in any order are accepted, as engines sort them', () => {
    expect(codes(check(model({ nodes: [identity('a', 'y'), identity('x', 'a')] })))).toEqual([]);
  });

  test('a cycle behind sorted nodes is found', () => {
    const nodes = [identity('x', 'y'), identity('b', 'a'), identity('a', 'b')];
    expect(codes(check(model({ nodes })))).toEqual(['ML_FORMAT_MALFORMED']);
  });

  test('a subgraph reads outer names, but its own stay inside', () => {
    const inner = makeGraph('inner', {
      nodes: [identity('x', 'hidden')],
      inputs: [],
      outputs: [makeValueInfo('hidden', float)],
    });
    const branch = makeNode('If', { inputs: ['x'], outputs: ['z'] }, [makeAttribute('then_branch', { graph: inner })]);
    expect(codes(check(model({ nodes: [branch, identity('x', 'y')] })))).toEqual([]);
    expect(codes(check(model({ nodes: [branch, identity('hidden', 'y')] })))).toEqual(['ML_FORMAT_MALFORMED']);
  });

  test.each<[string, Partial<GraphParts>]>([
    [
      'an attribute twice',
      {
        nodes: [
          makeNode('Identity', { inputs: ['x'], outputs: ['y'] }, [
            makeAttribute('a', { int: 1 }),
            makeAttribute('a', { int: 2 }),
          ]),
        ],
      },
    ],
    [
      'an initializer twice',
      { initializers: [makeTensor('w', 1, [0], new Uint8Array()), makeTensor('w', 1, [0], new Uint8Array())] },
    ],
    ['an input that a node writes', { nodes: [identity('x', 'x'), identity('x', 'y')] }],
  ])('%s is malformed', (_, parts) =>
    expect(new Set(codes(check(model(parts))))).toEqual(new Set(['ML_FORMAT_MALFORMED'])),
  );

  test('names that plain objects have are names like others', () => {
    const nodes = [identity('x', '__proto__'), identity('__proto__', 'constructor'), identity('constructor', 'y')];
    expect(codes(check(model({ nodes })))).toEqual([]);
    expect(codes(check(model({ nodes: [identity('toString', 'y')] })))).toEqual(['ML_FORMAT_MALFORMED']);
  });
});

describe('sizes that are known beforehand', () => {
  test.each<[string, Partial<GraphParts>]>([
    ['ConstantOfShape', { nodes: [makeNode('ConstantOfShape', { inputs: ['s'], outputs: ['y'] })] }],
    ['Expand', { nodes: [makeNode('Expand', { inputs: ['x', 's'], outputs: ['y'] })] }],
    [
      'RandomNormal',
      {
        nodes: [
          makeNode('RandomNormal', { inputs: [], outputs: ['y'] }, [makeAttribute('shape', { ints: [2 ** 40] })]),
        ],
      },
    ],
  ])('%s of 4 TB', (_, parts) => {
    expect(codes(check(model({ initializers: [makeTensor('s', 7, [1], ints(2 ** 40))], ...parts })))).toEqual([
      'ML_FORMAT_LIMIT',
    ]);
    expect(
      codes(
        check(
          model({
            initializers: [makeTensor('s', 7, [1], ints(4))],
            nodes: [makeNode('Expand', { inputs: ['x', 's'], outputs: ['y'] })],
          }),
        ),
      ),
    ).toEqual([]);
  });

  test('a sparse tensor of 4 TB', () => {
    const plain = model({});
    const sparse = {
      source: undefined,
      unknown: [],
      values: makeTensor('w', 1, [1], new Uint8Array(4)),
      indices: makeTensor('i', 7, [1], ints(0)),
      dims: [2n ** 40n],
    };
    const given = edited(plain, { graph: plain.graph && edited(plain.graph, { sparseInitializers: [sparse] }) });
    expect(codes(check(given))).toEqual(['ML_FORMAT_LIMIT']);
  });

  test('functions that call each other twice unfold without end', () => {
    const chain = Array.from({ length: 64 }, (_, i): OnnxFunction => {
      const call = (from: string, to: string): ReturnType<typeof makeNode> =>
        i === 63 ? identity(from, to) : makeNode(`F${i + 1}`, { inputs: [from], outputs: [to], domain: 'local' });
      return {
        source: undefined,
        unknown: [],
        name: `F${i}`,
        domain: 'local',
        overload: undefined,
        inputs: ['x'],
        outputs: ['y'],
        attributes: [],
        attributeProtos: [],
        nodes: [call('x', 'm'), call('m', 'y')],
        opsetImport: [],
        valueInfos: [],
        docString: undefined,
        metadataProps: [],
      };
    });
    const given = edited(model({ nodes: [makeNode('F0', { inputs: ['x'], outputs: ['y'], domain: 'local' })] }), {
      functions: chain,
    });
    expect(codes(check(given))).toEqual(['ML_FORMAT_LIMIT']);
    expect(
      codes(
        check(
          edited(given, {
            functions: chain.slice(60),
            graph: model({ nodes: [makeNode('F60', { inputs: ['x'], outputs: ['y'], domain: 'local' })] }).graph,
          }),
        ),
      ),
    ).toEqual([]);
  });
});

describe('findings', () => {
  test('all domains and operators are named at once', () => {
    const of = (opType: string, domain: string, to: string): ReturnType<typeof makeNode> =>
      makeNode(opType, { inputs: ['x'], outputs: [to], domain });
    const { findings } = check(
      model({ nodes: [of('PyCustomOp', 'ai.onnx.contrib', 'y'), of('A', 'my.ops', 'a'), of('B', 'my.ops', 'b')] }),
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]?.message).toMatch(/ai\.onnx\.contrib.*PyCustomOp.*my\.ops.*A.*B/);
  });

  test('the worst is thrown, the others are in its details', () => {
    const { findings } = check(
      model({ initializers: [makeTensor('a', 1, [9], new Uint8Array(4)), external({ location: '../w' })] }),
    );
    expect(codes({ findings } as OnnxCheck)).toEqual(['ML_FORMAT_MALFORMED', 'ML_FORMAT_UNSAFE']);
    expect(() => throwWorst(findings)).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_UNSAFE', details: expect.objectContaining({ findings }) }),
    );
    expect(() => throwWorst([])).not.toThrow();
  });

  test('a thousand broken tensors make a hundred findings, and one unsafe among them is kept', () => {
    const initializers = Array.from({ length: 1000 }, (_, i) => makeTensor(`t${i}`, 1, [9], new Uint8Array(4)));
    const { findings } = check(model({ initializers: [...initializers, external({ location: '../w' })] }));
    expect(findings).toHaveLength(101);
    expect(() => throwWorst(findings)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_UNSAFE' }));
  });
});
