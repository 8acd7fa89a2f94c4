// Writes docs/sklearn.md: every estimator in the table of src/sklearn, with the methods that it has and what proves
// them. With --check it only says whether the page is up to date. Methods and versions come from loading the committed
// fixtures; the cases of test/reference prove a class against scikit-learn itself, in every version pinned there.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './source-files.mjs';
import { writeGenerated } from './generated-file.mjs';
import { importSource } from './import-source.mjs';

const METHODS = [
  'predict',
  'predictProba',
  'predictLogProba',
  'decisionFunction',
  'transform',
  'inverseTransform',
  'scoreSamples',
  'apply',
];
const FIXTURES = 'test/fixtures';
const CASES = ['test/reference/cases', 'test/reference/third_party'];
/** Packages around scikit-learn, with the versions that `test/reference/third_party` compares. */
const PACKAGES = {
  category_encoders: '2.5 to 2.11',
  feature_engine: '1.5 to 1.9',
  imblearn: '0.10 to 0.14',
  sklearn_pandas: '2.2',
};
/** What scikit-learn 1.9 has besides, and why it is not computed. */
const LEFT_OUT = [
  ['cluster.AgglomerativeClustering, DBSCAN, HDBSCAN, OPTICS, SpectralClustering', 'no method for new rows'],
  ['cluster.SpectralBiclustering, SpectralCoclustering', 'no method for new rows'],
  ['manifold.ClassicalMDS, MDS, SpectralEmbedding, TSNE', 'no method for new rows'],
  [
    'covariance.EmpiricalCovariance, GraphicalLasso, LedoitWolf, MinCovDet, OAS, ShrunkCovariance',
    '`mahalanobis` alone, which is no method of a model; EllipticEnvelope is there',
  ],
  [
    'neighbors.NearestNeighbors',
    '`kneighbors` alone, which is no method of a model; the transformers of graphs are there',
  ],
  [
    'decomposition.MiniBatchNMF, NMF with `solver="mu"`',
    'multiplicative updates whose start and end depend on all rows of a call',
  ],
  ['feature_extraction.PatchExtractor', 'takes images'],
  ['neural_network.BernoulliRBM: `score_samples`', 'draws random numbers'],
  ['KernelPCA: `inverse_transform`', 'a regression of its own'],
];

function library() {
  return importSource(`
    export { ESTIMATORS } from './src/sklearn/estimators.ts';
    export { readPythonFile } from './src/formats/joblib/read-python-file.ts';
    export { ConstructContext } from './src/sklearn/base/construct.ts';
    export { PickleContents } from './src/loaders/pickle/pickle-contents.ts';`);
}

/** Class name to what the fixtures show of it. */
async function seenInFixtures({ ESTIMATORS, readPythonFile, ConstructContext, PickleContents }) {
  const seen = new Map(
    [...ESTIMATORS.keys()].map((name) => [name, { methods: new Set(), versions: new Set(), files: new Set() }]),
  );
  for (const file of files(FIXTURES, /\.(pkl|joblib)$/)) {
    const recording = new Map(
      [...ESTIMATORS].map(([name, construct]) => [
        name,
        (state) => {
          const estimator = construct(state);
          const entry = seen.get(name);
          for (const method of METHODS) if (estimator[method] !== undefined) entry.methods.add(method);
          if (state.version !== undefined) entry.versions.add(`${state.version.major}.${state.version.minor}`);
          entry.files.add(file);
          return estimator;
        },
      ]),
    );
    try {
      const { root } = await readPythonFile(readFileSync(join(ROOT, file)));
      const context = { metadata: undefined, extraFeatures: 'ignore', warn: () => undefined };
      new PickleContents(new ConstructContext(recording), context).read(root);
    } catch {
      // Fixtures that must be refused show nothing.
    }
  }
  return seen;
}

/** Cases of test/reference that name a class. */
function casesNaming() {
  const texts = CASES.flatMap((folder) => files(folder, /\.py$/)).map((file) => [
    file,
    readFileSync(join(ROOT, file), 'utf8'),
  ]);
  return (className) => texts.filter(([, text]) => new RegExp(`\\b${className}\\b`).test(text)).map(([file]) => file);
}

function files(folder, pattern) {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

const byNumber = (a, b) => a.localeCompare(b, 'en', { numeric: true });

/** `fixtures/sklearn/trees (12)`: the folders that hold a class, and in how many files. */
function proofOf(entry, cases) {
  const folders = new Map();
  for (const file of entry.files) {
    const folder = file.slice('test/'.length, file.lastIndexOf('/'));
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  const fixtures = [...folders].sort(([a], [b]) => byNumber(a, b)).map(([folder, count]) => `${folder} (${count})`);
  return [...fixtures, ...cases.map((file) => file.slice('test/'.length))];
}

function page(seen, casesOf) {
  const names = [...seen.keys()].filter((name) => name.startsWith('sklearn.')).sort(byNumber);
  const packaged = [...seen.keys()].filter((name) => Object.hasOwn(PACKAGES, name.split('.')[0])).sort(byNumber);
  const lines = [
    '# scikit-learn in Node',
    '',
    '<!-- Written by scripts/gen-sklearn-table.mjs from src/sklearn and test/fixtures; do not edit. -->',
    '',
    `${names.length} classes are computed natively: from [pickle and joblib files](loaders/pickle.md) of scikit-learn 0.19 to 1.9, without`,
    'Python. Labels are equal, float64 results within 1e-12 of scikit-learn. A setting that is not computed is refused',
    'when the file is loaded, never approximated. Anything else in a file is named in one `ML_FORMAT_UNSUPPORTED` error;',
    "a project's own classes can be [registered](loaders/pickle.md#classes-of-your-own).",
    '',
    'Methods are those that a fitted estimator of the committed fixtures has; some depend on its settings, as in',
    'scikit-learn. "Versions" are those that wrote the fixtures, which are compared with the results of Python in the',
    'tests below `test/`. `reference/cases` are fitted anew by each version that `test/reference` pins and compared on hard',
    'rows (`node test/reference/run.mjs`).',
  ];
  let module = '';
  for (const name of [...names, ...packaged]) {
    if (name === packaged[0]) lines.push(...packagesHead());
    const own = name.slice(0, name.lastIndexOf('.'));
    if (own !== module) {
      module = own;
      lines.push('', `## ${module}`, '', '| class | methods | versions | proven by |', '|---|---|---|---|');
    }
    const className = name.slice(own.length + 1);
    const entry = seen.get(name);
    const methods = METHODS.filter((method) => entry.methods.has(method)).map((method) => `\`${method}\``);
    const versions = [...entry.versions].sort(byNumber);
    const proof = proofOf(entry, casesOf(className));
    lines.push(
      `| ${className} | ${methods.join(', ') || '-'} | ${versions.join(', ') || '-'} | ${proof.join(', ') || '-'} |`,
    );
  }
  lines.push('', '## Left out', '', '| class | why |', '|---|---|');
  for (const [name, why] of LEFT_OUT) lines.push(`| ${name} | ${why} |`);
  return `${lines.join('\n')}\n`;
}

function packagesHead() {
  const versions = Object.entries(PACKAGES).map(([name, range]) => `${name} ${range}`);
  return [
    '',
    '# Packages around scikit-learn',
    '',
    `Transformers and ensembles of ${versions.join(', ')}, alone or as steps of pipelines,`,
    'compared with the real packages by `node test/reference/run.mjs --suite third_party`.',
    '',
    '- Columns are those of the fit, by name; a call may give records in any order of keys.',
    '- Missing: `null` is None or NaN, whichever the model knows. Where Python tells the two apart (a `RareLabelEncoder` that',
    '  ignores NaN, a leave-one-out encoder before 2.9) it counts as NaN.',
    '- Refused, with the reason in the message: rows that a step drops or fills at random (`DropMissingData`,',
    '  `OutlierTrimmer`, `RandomSampleImputer`), text that pandas makes of intervals (`return_boundaries`), functions of',
    '  Python as settings, `composite_cols`, a `DataFrameMapper` with a `default`, `HashingEncoder` and encoders with',
    '  `drop_invariant` of category_encoders before 2.6 (the file lacks the columns), numbers in a `HashingEncoder`.',
    '- The inverse transformation of these packages is not there.',
  ];
}

const seen = await seenInFixtures(await library());
writeGenerated('docs/sklearn.md', page(seen, casesNaming()), 'node scripts/gen-sklearn-table.mjs');
