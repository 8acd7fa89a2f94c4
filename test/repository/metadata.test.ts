import { describe, expect, it } from 'vitest';
import type { RepositoryIndex } from '../../src/spec/model-repository.ts';
import { codeOf, folderOf, indexOf, LIMITS, opening, record, repositoryOf } from './fixture.ts';

const HASH = `sha256:${'0'.repeat(64)}`;
const META = { name: 'fraud_detector', version: '1.0.0', features: ['a', 'b'], checksum: HASH, file_size: '2.5MB' };
const FILE = 'trained/fraud_detector_v1_20240101.pkl';
const messages = ({ problems }: RepositoryIndex): string =>
  problems.map(({ id, code, message }) => `${id} ${code} ${message}`).join('\n');

describe('where metadata lies', () => {
  it.each([
    ['in metadata/ with a path', { 'metadata/any.json': { ...META, file_path: FILE } }],
    ['with a path that begins with ./', { 'metadata/any.json': { ...META, file_path: `./${FILE}` } }],
    [
      'in an array',
      {
        'metadata/model_info.json': [
          { name: 'x', version: '1.0.0', file_path: 'trained/x.pkl' },
          { ...META, file_path: FILE },
        ],
        'trained/x.pkl': 'x',
      },
    ],
    ['in metadata/ by the name of the file', { 'metadata/fraud_detector_v1_20240101.json': META }],
    ['beside the file', { 'trained/fraud_detector_v1_20240101.json': META }],
    ['with a byte-order mark', { 'metadata/any.json': `\u{feff}${JSON.stringify({ ...META, file_path: FILE })}` }],
    [
      'with nulls for what is not known',
      { 'metadata/any.json': { ...META, file_path: FILE, target: null, trained_on: null } },
    ],
  ])('%s', async (_, files) => {
    const index = await indexOf({ [FILE]: 'x', ...files });
    expect(messages(index)).toBe('');
    expect(record(index, FILE)).toMatchObject({
      declared: true,
      version: '1.0.0',
      metadata: { ...META, file_path: FILE },
    });
  });

  it('is found by model name and version, where nothing else tells', async () => {
    const index = await indexOf({
      'trained/m_v1.onnx': 'x',
      'trained/m_v2.onnx': 'x',
      'trained/m_v10.onnx': 'x',
      'metadata/all.json': [
        { name: 'm', version: '2.0.0', description: 'two' },
        { name: 'm', version: '1.4.0', description: 'one' },
      ],
    });
    const found = index.records.map(({ id, version, metadata, declared }) => [
      id,
      version,
      metadata?.description,
      declared,
    ]);
    expect(found).toEqual([
      ['trained/m_v1.onnx', '1.4.0', 'one', false],
      ['trained/m_v10.onnx', '10.0.0', undefined, false],
      ['trained/m_v2.onnx', '2.0.0', 'two', false],
    ]);
  });

  it('takes the date of the metadata for that of the file', async () => {
    const index = await indexOf({
      'trained/m_v1_20240101.onnx': 'x',
      'trained/m_v1_20240301.onnx': 'x',
      'metadata/all.json': [
        { name: 'm', version: '1.0.0', created_at: '2024-01-01T10:00:00Z', description: 'old' },
        { name: 'm', version: '1.0.0', created_at: '2024-03-01T10:00:00Z', description: 'new' },
      ],
    });
    expect(index.records.map(({ metadata }) => metadata?.description)).toEqual(['old', 'new']);
  });

  it('gives other formats the description, but not the checksum of the first', async () => {
    const index = await indexOf({
      'trained/m_v1.onnx': 'x',
      'trained/m_v1.pkl': 'x',
      'trained/m_v1.joblib': 'x',
      'metadata/m.json': {
        ...META,
        name: 'm',
        file_path: 'trained/m_v1.onnx',
        files: { 'trained/m_v1.pkl': `sha256:${'1'.repeat(64)}` },
      },
    });
    const of = (id: string): object => {
      const { declared, metadata } = record(index, id);
      const { features, checksum, file_size, file_path } = metadata ?? {};
      return { declared, features, checksum, file_size, file_path };
    };
    const features = ['a', 'b'];
    expect(of('trained/m_v1.onnx')).toEqual({
      declared: true,
      features,
      checksum: HASH,
      file_size: '2.5MB',
      file_path: 'trained/m_v1.onnx',
    });
    expect(of('trained/m_v1.pkl')).toEqual({
      declared: false,
      features,
      checksum: `sha256:${'1'.repeat(64)}`,
      file_size: undefined,
      file_path: 'trained/m_v1.pkl',
    });
    expect(of('trained/m_v1.joblib')).toEqual({
      declared: false,
      features,
      checksum: undefined,
      file_size: undefined,
      file_path: 'trained/m_v1.joblib',
    });
  });

  it('keeps what it does not know, and fills in names, metrics and aliases from their files', async () => {
    const index = await indexOf({
      'trained/a_v1.onnx': 'x',
      'trained/a_v2.onnx': 'x',
      'trained/b_v1.onnx': 'x',
      'metadata/a_v1.json': { name: 'a', version: '1.0.0', owner: { team: 'risk' } },
      'metadata/feature_names.json': { a: ['x', 'y'], b: ['z'] },
      'metadata/metrics.json': { a: { '1.0.0': { f1: 0.5 }, '2.0.0': { f1: 0.7 } }, b: { r2: 0.9 } },
      'metadata/aliases.json': { a: { champion: '1.0.0' } },
    });
    expect(index.records.map(({ metadata }) => [metadata?.features, metadata?.metrics, metadata?.extra])).toEqual([
      [['x', 'y'], { f1: 0.5 }, { owner: { team: 'risk' } }],
      [['x', 'y'], { f1: 0.7 }, {}],
      [['z'], { r2: 0.9 }, {}],
    ]);
    expect(index.aliases['a']).toEqual({ champion: '1.0.0' });
    expect(messages(index)).toBe('');
  });
});

describe('metadata that cannot be used', () => {
  it.each([
    ['no JSON', `{"name": "m", "file_path": "trained/m_v1.onnx", `, /no valid JSON/],
    [
      'NaN, as Python writes it',
      `{"name": "m", "file_path": "trained/m_v1.onnx", "metrics": {"f1": NaN}}`,
      /write null for NaN/,
    ],
    [
      'a wrong type',
      { name: 'm', version: '1', file_path: 'trained/m_v1.onnx', features: ['a', 1] },
      /features\.1 must be/,
    ],
    ['no name', { version: '1.0.0', checksum: HASH, file_path: 'trained/m_v1.onnx' }, /name must be/],
    ['a negative size', { ...META, file_path: 'trained/m_v1.onnx', file_size: -1 }, /file_size must be/],
    [
      '__proto__',
      `{"name": "m", "version": "1", "file_path": "trained/m_v1.onnx", "__proto__": {"polluted": 1}}`,
      /"__proto__" is not allowed/,
    ],
    [
      'constructor',
      { ...META, file_path: 'trained/m_v1.onnx', metrics: { constructor: 1 } },
      /"constructor" is not allowed/,
    ],
    [
      'too deep',
      `{"name": "m", "version": "1", "file_path": "trained/m_v1.onnx", "x": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      /nested more than/,
    ],
    ['a path upwards', { ...META, name: 'm', file_path: '../m_v1.onnx' }, /ML_ARTEFACT_ESCAPES/],
    ['an absolute path', { ...META, name: 'm', file_path: '/etc/passwd' }, /ML_ARTEFACT_ESCAPES/],
    ['a drive', { ...META, name: 'm', file_path: 'C:\\models\\m.onnx' }, /ML_ARTEFACT_ESCAPES/],
    ['an address', { ...META, name: 'm', file_path: 'https://example.org/m.onnx' }, /ML_ARTEFACT_ESCAPES/],
    ['NUL', { ...META, name: 'm', file_path: 'trained/m\0.onnx' }, /ML_ARTEFACT_ESCAPES/],
  ])('%s', async (_, content, message) => {
    const root = folderOf({
      'trained/m_v1.onnx': 'x',
      'trained/other_v1.onnx': 'x',
      'metadata/model_info.json': content,
      'metadata/other_v1.json': { ...META, name: 'other' },
    });
    const repository = repositoryOf(root);
    const index = await repository.index();
    expect(index.problems).toHaveLength(1);
    expect(messages(index)).toMatch(message);
    expect(messages(index)).toMatch(/^metadata\/model_info\.json /);
    // The model does not load without the checksum that its metadata may have had; others do.
    expect(await codeOf(repository.open(record(index, 'trained/m_v1.onnx'), opening()))).toBe('ML_METADATA_INVALID');
    expect(record(index, 'trained/other_v1.onnx')).toMatchObject({ declared: true, problem: undefined });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('refuses one element of an array, and uses the others', async () => {
    const index = await indexOf({
      'trained/a_v1.onnx': 'x',
      'trained/b_v1.onnx': 'x',
      'metadata/all.json': [
        { name: 'a', version: '1.0.0', file_path: 'trained/a_v1.onnx', features: 3 },
        { name: 'b', version: '1.0.0', file_path: 'trained/b_v1.onnx' },
        'text',
      ],
    });
    expect(messages(index)).toMatch(/\[0\]\.features must be an array[\s\S]*\[2\] must be an object/);
    expect(record(index, 'trained/a_v1.onnx').problem?.code).toBe('ML_METADATA_INVALID');
    expect(record(index, 'trained/b_v1.onnx')).toMatchObject({ declared: true, problem: undefined });
  });

  it('refuses a damaged file beside the model, and one that is too large', async () => {
    const root = folderOf({
      'trained/a_v1.onnx': 'x',
      'trained/a_v1.json': '{',
      'trained/b_v1.onnx': 'x',
      'metadata/b_v1.json': { name: 'b', version: '1', description: 'x'.repeat(3000) },
    });
    const index = await repositoryOf(root, { limits: { ...LIMITS, maxMetadataBytes: 2_000 } }).index();
    expect(index.records.map(({ id, problem }) => [id, problem?.id])).toEqual([
      ['trained/a_v1.onnx', 'trained/a_v1.json'],
      ['trained/b_v1.onnx', 'metadata/b_v1.json'],
    ]);
  });

  it('reports a path without a file, and two descriptions of one file', async () => {
    const index = await indexOf({
      'trained/a_v1.onnx': 'x',
      'metadata/1.json': { name: 'a', version: '1.0.0', file_path: 'trained/a_v1.onnx', checksum: HASH },
      'metadata/2.json': { name: 'a', version: '1.1.0', file_path: 'trained/a_v1.onnx' },
      'metadata/3.json': { name: 'c', version: '1.0.0', file_path: 'trained/c_v1.onnx' },
    });
    expect(index.problems.map(({ id, code }) => [id, code])).toEqual([
      ['metadata/2.json', 'ML_METADATA_INVALID'],
      ['metadata/3.json', 'ML_ARTEFACT_MISSING'],
    ]);
    expect(record(index, 'trained/a_v1.onnx').metadata?.checksum).toBe(HASH);
  });
});

describe('samples in metadata', () => {
  const samplesOf = async (samples: unknown): Promise<unknown> => {
    const index = await indexOf({ [FILE]: 'x', 'metadata/any.json': { ...META, file_path: FILE, samples } });
    return messages(index) || record(index, FILE)?.metadata?.samples;
  };

  it('are rows, or rows with what the original answered', async () => {
    expect(await samplesOf([[1, 2]])).toEqual({ rows: [[1, 2]] });
    const whole = { rows: [{ a: 1, b: 2 }], predict: [1], predict_proba: [[0.25, 0.75]] };
    expect(await samplesOf(whole)).toEqual(whole);
  });

  it.each([
    ['text', 'rows'],
    ['no rows', { predict: [1] }],
    ['fewer answers than rows', { rows: [[1], [2]], predict: [1] }],
  ])('%s is a problem', async (_, samples) => {
    expect(await samplesOf(samples)).toContain('ML_METADATA_INVALID metadata/any.json: samples must be');
  });
});
