import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MLServiceError } from '../../src/errors/ml-service-error.ts';
import { parseFileName } from '../../src/repository/file-name.ts';
import { type ResolveRequest, requireChosen, resolveModel } from '../../src/repository/resolve.ts';
import { compareVersions, versionOf } from '../../src/repository/version.ts';
import type { ModelRecord, RepositoryIndex } from '../../src/spec/model-repository.ts';
import type { Explanation } from '../../src/spec/resolution.ts';

function of(id: string, more: Partial<ModelRecord> = {}): ModelRecord {
  const parsed = parseFileName(id.slice(id.lastIndexOf('/') + 1));
  if (parsed === undefined) throw new Error(id);
  const version = parsed.label === undefined ? undefined : versionOf(parsed.label);
  const rest = { kind: 'file', size: 1, modifiedMs: 0, metadata: undefined, declared: false } as const;
  return { id, area: 'trained', ...parsed, version, ...rest, ...more };
}

function explain(
  ids: readonly (string | ModelRecord)[],
  version: string,
  {
    preference = [],
    ...more
  }: Partial<ResolveRequest> & { preference?: readonly string[]; aliases?: RepositoryIndex['aliases'] } = {},
): Explanation {
  const records = ids.map((id) => (typeof id === 'string' ? of(id) : id));
  return resolveModel(
    { records, problems: [], aliases: more.aliases ?? {} },
    { name: 'm', version, ...more },
    { location: '/models', readableFormats: (extension) => extension !== 'xyz', formatPreference: preference },
  );
}

function pick(
  ids: readonly (string | ModelRecord)[],
  version: string,
  more: Parameters<typeof explain>[2] = {},
): string {
  try {
    return requireChosen(explain(ids, version, more)).id;
  } catch (error) {
    if (MLServiceError.isInstance(error)) return error.code;
    throw error;
  }
}

const HASH = `sha256:${'0'.repeat(64)}`;
const metadata = { name: 'm', version: '1.0.0', checksum: HASH, extra: {} };

describe('version rules', () => {
  const FILES = ['m_v1.onnx', 'm_v1.5.0.onnx', 'm_v2.onnx', 'm_v9.onnx', 'm_v10.onnx', 'm_v11.0.0-rc.1.onnx', 'm.onnx'];

  it.each([
    ['latest', 'm_v10.onnx'],
    ['v1', 'm_v1.onnx'],
    ['v1.5', 'm_v1.5.0.onnx'],
    ['1.5.0', 'm_v1.5.0.onnx'],
    ['v1.0.0', 'm_v1.onnx'],
    ['^1.2', 'm_v1.5.0.onnx'],
    ['>=1 <3', 'm_v2.onnx'],
    ['<10', 'm_v9.onnx'],
    ['*', 'm_v10.onnx'],
    ['11.0.0-rc.1', 'm_v11.0.0-rc.1.onnx'],
    ['>=11.0.0-rc.0', 'm_v11.0.0-rc.1.onnx'],
    ['v11', 'ML_MODEL_VERSION_NOT_FOUND'],
    ['^20', 'ML_MODEL_VERSION_NOT_FOUND'],
    ['newest!', 'ML_MODEL_VERSION_INVALID'],
    [' ', 'ML_MODEL_VERSION_INVALID'],
    ['toString', 'ML_MODEL_VERSION_INVALID'],
  ])('%s', (version, expected) => {
    expect(pick(FILES, version)).toBe(expected);
  });

  it('takes the highest 1.x.y for v1 where no file is labelled so', () => {
    expect(pick(['m_v1.2.0.onnx', 'm_v1.10.0.onnx', 'm_v1.9.9.onnx', 'm_v10.onnx'], 'v1')).toBe('m_v1.10.0.onnx');
    expect(pick(['m_v1.2.3.onnx', 'm_v1.2.10.onnx', 'm_v1.20.0.onnx'], 'v1.2')).toBe('m_v1.2.10.onnx');
  });

  it('takes a file without version only where there is no release', () => {
    expect(pick(['m.onnx', 'm_v0.1.0.onnx'], 'latest')).toBe('m_v0.1.0.onnx');
    expect(pick(['m.onnx', 'm_v2.0.0-rc.1.onnx'], 'latest')).toBe('m.onnx');
    expect(pick(['m_v2.0.0-rc.1.onnx'], 'latest')).toBe('ML_MODEL_VERSION_NOT_FOUND');
  });

  it('answers a hostile request in no time', () => {
    const started = performance.now();
    for (const text of [
      '1'.repeat(50_000),
      `${'>'.repeat(50_000)}1`,
      ` ${'- '.repeat(20_000)}`,
      `1${'.x'.repeat(20_000)}`,
    ])
      expect(pick(['m_v1.onnx'], text)).toMatch(/^ML_MODEL_VERSION_/);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('orders numerically, whatever the order of the files', () => {
    const label = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)).map((parts) => `v${parts.join('.')}`);
    fc.assert(
      fc.property(fc.uniqueArray(label, { minLength: 1, maxLength: 8 }), (labels) => {
        const numbers = (text: string): number[] => text.slice(1).split('.').map(Number);
        const highest = labels.toSorted((a, b) => {
          const [x, y] = [numbers(a), numbers(b)];
          return (x[0] ?? 0) - (y[0] ?? 0) || (x[1] ?? 0) - (y[1] ?? 0) || (x[2] ?? 0) - (y[2] ?? 0);
        });
        const files = labels.map((one) => `m_${one}.onnx`);
        expect(pick(files, 'latest')).toBe(`m_${highest.at(-1)}.onnx`);
        expect(pick(files.toReversed(), 'latest')).toBe(`m_${highest.at(-1)}.onnx`);
        for (const one of labels) expect(pick(files, one)).toBe(`m_${one}.onnx`);
      }),
    );
  });

  it('is a total order', () => {
    const version = fc.option(
      fc
        .tuple(fc.nat(3), fc.nat(3), fc.constantFrom('', '-rc.1', '-rc.2', '-alpha'))
        .map(([a, b, pre]) => `${a}.${b}.0${pre}`),
      { nil: undefined },
    );
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('ties', () => {
  it('takes the newest date', () => {
    expect(pick(['m_v1_20240101.onnx', 'm_v1_20240220.onnx', 'm_v1.onnx'], 'v1')).toBe('m_v1_20240220.onnx');
  });

  it('takes the format that the metadata names, then the preferred one, then by extension', () => {
    const files = ['m_v1.pkl', 'm_v1.onnx', 'm_v1.joblib', 'm_v1.xyz'];
    expect(pick(files, 'v1')).toBe('m_v1.joblib');
    expect(pick(files, 'v1', { preference: ['pkl', 'onnx'] })).toBe('m_v1.pkl');
    expect(pick([of('m_v1.onnx', { declared: true }), 'm_v1.pkl'], 'v1', { preference: ['pkl'] })).toBe('m_v1.onnx');
  });

  it('refuses to choose between files that nothing tells apart', () => {
    const explained = explain(['a/m_v1.onnx', 'b/m_v1.onnx'], 'latest');
    expect(explained.chosen).toBeUndefined();
    expect(explained.ambiguous).toEqual(['a/m_v1.onnx', 'b/m_v1.onnx']);
    expect(() => requireChosen(explained)).toThrow(/a\/m_v1\.onnx and b\/m_v1\.onnx have the same/);
    expect(pick(['m_v1.onnx', 'm_v1.0.0.onnx'], 'latest')).toBe('ML_MODEL_AMBIGUOUS');
    expect(pick(['m_v1.onnx', 'm_v1.0.0.onnx'], 'v1')).toBe('m_v1.onnx');
  });

  it('knows the same bytes, and the file that is declared', () => {
    expect(pick([of('a/m_v1.onnx', { metadata }), of('b/m_v1.onnx', { metadata })], 'v1')).toBe('a/m_v1.onnx');
    expect(pick(['a/m_v1.onnx', of('b/m_v1.onnx', { declared: true })], 'v1')).toBe('b/m_v1.onnx');
    const both = [of('a/m_v1.onnx', { declared: true }), of('b/m_v1.onnx', { declared: true })];
    expect(pick(both, 'v1')).toBe('ML_MODEL_AMBIGUOUS');
  });

  it('gives the same answer for any order of the files', () => {
    const file = fc
      .tuple(
        fc.constantFrom('v1', 'v1.1', 'v2', 'v10'),
        fc.constantFrom('_20240101', '_20240301', ''),
        fc.constantFrom('onnx', 'pkl', 'xyz'),
      )
      .map(([label, date, extension]) => `m_${label}${date}.${extension}`);
    const shuffled = fc
      .uniqueArray(file, { minLength: 1, maxLength: 10 })
      .chain((files) => fc.tuple(fc.constant(files), fc.shuffledSubarray(files, { minLength: files.length })));
    fc.assert(
      fc.property(shuffled, fc.constantFrom('latest', 'v1', '^1.0', 'v10', '2.0.0'), ([files, others], version) => {
        expect(pick(files, version)).toBe(pick(others, version));
      }),
    );
  });
});

describe('names, areas, aliases and reasons', () => {
  it('follows an alias, and takes none from the prototype', () => {
    const aliases = { m: { champion: 'v1' } };
    expect(pick(['m_v1.onnx', 'm_v2.onnx'], 'champion', { aliases })).toBe('m_v1.onnx');
    expect(explain(['m_v1.onnx'], 'champion', { aliases }).via).toEqual(['alias "champion" means "v1"']);
    expect(pick(['m_v1.onnx'], 'toString', { aliases })).toBe('ML_MODEL_VERSION_INVALID');
    expect(pick([of('constructor_v1.onnx')], 'name', { name: 'constructor' })).toBe('ML_MODEL_VERSION_INVALID');
  });

  it('suggests the nearest names', () => {
    const files = ['fraud_detector_v1.onnx', 'tumor_v1.onnx', 'aaa_v1.onnx'];
    const explained = explain(files, 'latest', { name: 'fraud_detektor' });
    expect(explained.knownNames).toEqual(['fraud_detector', 'aaa', 'tumor']);
    expect(() => requireChosen(explained)).toThrow(
      /no model is named "fraud_detektor" in \/models; there are fraud_detector/,
    );
    expect(pick([], 'latest')).toBe('ML_MODEL_NOT_FOUND');
  });

  it('finds a model by the name in its metadata too', () => {
    expect(pick([of('model_v1.onnx', { metadata })], 'latest')).toBe('model_v1.onnx');
  });

  it('looks into one area, and says where else the name is', () => {
    const scaler = of('preprocessing/m.onnx', { area: 'preprocessing' });
    expect(pick([scaler], 'latest', { area: 'preprocessing' })).toBe('preprocessing/m.onnx');
    expect(pick([scaler], 'latest')).toBe('ML_MODEL_NOT_FOUND');
    expect(explain([scaler], 'latest').candidates[0]?.reason).toBe(
      'not chosen: it is in preprocessing/, asked for was trained/',
    );
  });

  it('has a reason for every file', () => {
    const files = [
      'm_v2.onnx',
      'm_v1.onnx',
      'm_v2_20240101.onnx',
      'm_v3.xyz',
      'm_v3.0.0-rc.1.onnx',
      'm_v2_20240101.pkl',
    ];
    const explained = explain(files, 'latest');
    expect(explained.candidates.map(({ id, reason }) => [id, reason])).toEqual([
      ['m_v3.xyz', 'not chosen: no loader reads .xyz'],
      ['m_v3.0.0-rc.1.onnx', 'not chosen: 3.0.0-rc.1 is a pre-release; ask for it by name'],
      ['m_v2_20240101.onnx', 'chosen: the latest release is 2.0.0, dated 20240101'],
      ['m_v2_20240101.pkl', 'not chosen: .onnx is preferred to .pkl'],
      ['m_v2.onnx', 'not chosen: no date is older than 20240101'],
      ['m_v1.onnx', 'not chosen: 1.0.0 is older than 2.0.0'],
    ]);
  });

  it('keeps the message of a long list short', () => {
    const files = Array.from({ length: 500 }, (_, i) => `m_v${i}.onnx`);
    const explained = explain(files, '^1000');
    expect(() => requireChosen(explained)).toThrow(/and 480 more$/);
  });
});
