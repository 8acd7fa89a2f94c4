// Every Python file of the fixtures reads, every malicious one of the corpus is refused, and nothing is untyped.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPythonFile } from '../../../src/formats/joblib/read-python-file.ts';
import { NdArray } from '../../../src/formats/npy/nd-array.ts';
import { isNode, PyObject } from '../../../src/formats/pickle/nodes.ts';
import { PyDict } from '../../../src/formats/pickle/py-dict.ts';
import { CORPUS, FIXTURES, filesBelow, hasShared, manifest, outcome } from './files.ts';

const read = (path: string): ReturnType<typeof readPythonFile> => readPythonFile(readFileSync(path));

describe.runIf(hasShared())('shared files', () => {
  const fixtures = ['sklearn-pickles', 'sklearn-wide', 'sklearn-edge', 'xgboost', 'lightgbm', 'catboost'].flatMap(
    (folder) => filesBelow(join(FIXTURES, folder)).filter((path) => /\.(?:pkl|joblib)$/.test(path)),
  );

  test('all scikit-learn, XGBoost, LightGBM and CatBoost fixtures read, and every name in them is known', async () => {
    const problems: string[] = [];
    for (const path of fixtures) {
      const code = await outcome(async () => {
        const { unknown } = await read(path);
        for (const name of unknown) problems.push(`${path} ${name.module}.${name.name} at ${name.path}`);
      });
      if (code !== 'ok') problems.push(`${path} ${code}`);
    }
    expect(problems).toEqual([]);
    expect(fixtures.length).toBeGreaterThan(900);
  });

  test('containers: the listed verdicts', async () => {
    const refused = new Map([
      ['dill_lambda.pkl', 'ML_FORMAT_UNSAFE'],
      ['empty.pkl', 'ML_FORMAT_TRUNCATED'],
      ['html.joblib', 'ML_FORMAT_MALFORMED'],
      ['lfs_pointer.pkl', 'ML_FORMAT_MALFORMED'],
    ]);
    const unknown = new Map([
      ['custom_transformer.pkl', 'mymetrics.RiskScore at .steps[0][1]'],
      ['function_transformer_main.pkl', 'mymetrics.profit at .steps[0][1].func'],
      ['grid_custom_scorer.pkl', 'mymetrics.profit at .scoring._score_func'],
    ]);
    for (const path of filesBelow(join(FIXTURES, 'containers')).filter((p) => !/\.(?:json|md)$/.test(p))) {
      const name = basename(path);
      expect([name, await outcome(() => read(path))]).toEqual([name, refused.get(name) ?? 'ok']);
      if (refused.has(name)) continue;
      const names = (await read(path)).unknown.map((u) => `${u.module}.${u.name} at ${u.path}`);
      expect([name, ...names]).toEqual([name, ...[unknown.get(name) ?? []].flat()]);
    }
  });

  test('what an estimator holds is there: version, parameters, arrays of all compressions', async () => {
    const folder = join(FIXTURES, 'sklearn-pickles', 'sk1.2.1');
    const classes: unknown[] = [];
    for (const form of [
      'pkl',
      'p0.pkl',
      'p2.pkl',
      'p5.pkl',
      'joblib',
      'zlib.joblib',
      'gzip.joblib',
      'bz2.joblib',
      'xz.joblib',
      'lzma.joblib',
      'lz4.joblib',
    ]) {
      const { root, sklearnVersion, compression, container } = await read(join(folder, `label_encoder.${form}`));
      expect(sklearnVersion).toBe('1.2.1');
      expect([container, compression === undefined]).toEqual([
        form.endsWith('joblib') ? 'joblib' : 'pickle',
        !/\..*\.|z\.|gzip/.test(`.${form}`) || /^p\d/.test(form),
      ]);
      const array = root instanceof PyObject ? root.attr('classes_') : undefined;
      if (!(array instanceof NdArray)) throw new Error('no array');
      classes.push(array.isObject ? array.objects : array.toStrings());
    }
    expect(classes[0]).not.toEqual([]);
    for (const other of classes) expect(other).toEqual(classes[0]);
  });

  test('joblib 0.10 to 0.12: all arrays of every version, Python and compression are equal', async () => {
    const paths = manifest()
      .map((row) => row.path)
      .filter((path) => /joblib_0\.1\d\.\d.*(?:pkl|gz)(?:\.\w+)?$/.test(path));
    for (const path of paths) {
      const { root } = await read(path);
      if (!isNode(root) || root.kind !== 'list') throw new Error(`${path} is no list`);
      const [ints, floats, objects, , matrix] = root.items;
      expect(ints instanceof NdArray && Array.from(ints.toFloat64Array())).toEqual([0, 1, 2, 3, 4]);
      expect(floats instanceof NdArray && Array.from(floats.toFloat64Array())).toEqual([0, 1, 2, 3, 4]);
      expect(objects instanceof NdArray && objects.isObject && objects.size).toBe(3);
      expect(matrix instanceof NdArray && [matrix.type, Array.from(matrix.toFloat64Array())]).toEqual([
        'matrix',
        [0, 1, 2],
      ]);
    }
    expect(paths.length).toBeGreaterThan(25);
  });

  test('the corpus: malicious files are refused, benign ones read or are named as unsupported', async () => {
    const rows = manifest().filter(
      ({ path, kind, category }) =>
        /pickle|joblib|npy|gzip|lzma|xz|bz2/.test(`${kind} ${category}`) && !/\.(?:zip|npz|7z|png|pt)$/.test(path),
    );
    const wrong: string[] = [];
    let malicious = 0;
    for (const { path, expected } of rows) {
      const code = await outcome(() => read(path));
      if (code.startsWith('UNTYPED')) wrong.push(`${path} ${code}`);
      if (expected === 'malicious') {
        malicious++;
        if (code === 'ok') wrong.push(`MISSED ${path}`);
      } else if (/^(?:benign|inert)$/.test(expected) && code !== 'ok' && code !== 'ML_FORMAT_UNSUPPORTED') {
        wrong.push(`FALSE ALARM ${path} ${code}`);
      }
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    }
    expect(wrong).toEqual([]);
    expect(malicious).toBeGreaterThan(40);
  });

  test('expansion bombs are small values', async () => {
    for (const name of ['billionLaughs.pt', 'billionLaughsAlt.pkl', 'globalLaughs.pt']) {
      const start = performance.now();
      expect(await outcome(() => read(join(CORPUS, 'coldwaterq__pickle_injector', name)))).toBe('ok');
      expect(performance.now() - start).toBeLessThan(500);
    }
  });

  test('mutations of benign files give a value or a typed error, in bounded time', async () => {
    const samples = [
      ...fixtures.filter((_, i) => i % 40 === 0),
      ...filesBelow(join(FIXTURES, 'containers')).filter((p) => p.endsWith('.pkl')),
    ];
    let seed = 12345;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const untyped: string[] = [];
    let slowest = 0;
    for (const path of samples) {
      const original = readFileSync(path);
      if (original.length === 0 || original.length > 60_000) continue;
      for (let round = 0; round < 25; round++) {
        const changed = Buffer.from(original);
        for (let i = 0; i <= random(4); i++) changed[random(changed.length)] = random(256);
        const input = random(5) === 0 ? changed.subarray(0, random(changed.length)) : changed;
        const start = performance.now();
        const code = await outcome(() => readPythonFile(input));
        slowest = Math.max(slowest, performance.now() - start);
        if (code.startsWith('UNTYPED')) untyped.push(`${path} ${code.slice(0, 400)}`);
      }
    }
    expect(untyped.slice(0, 5)).toEqual([]);
    expect(slowest).toBeLessThan(2_000);
  }, 60_000);
});

test('a dictionary of a pickle has no JavaScript names', () => {
  expect(new PyDict().get('constructor')).toBeUndefined();
});
