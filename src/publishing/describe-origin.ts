import type { Judged } from './judge-file.ts';

/** Where a model comes from, as far as its file tells. */
export interface Origin {
  /** E.g. `RandomForestClassifier`. */
  readonly algorithm: string | undefined;
  /** E.g. `scikit-learn`. */
  readonly framework: string | undefined;
  readonly frameworkVersion: string | undefined;
  /** What made the file of another one, e.g. `skl2onnx 1.20.0`. */
  readonly converter: string | undefined;
  /** Python packages that the file names, as pip does: with a version only where the file records it. */
  readonly requirements: readonly string[];
}

/** Names of packages on PyPI by the module that one imports, where they differ. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['sklearn', 'scikit-learn'],
  ['skimage', 'scikit-image'],
  ['imblearn', 'imbalanced-learn'],
  ['category_encoders', 'category-encoders'],
  ['feature_engine', 'feature-engine'],
  ['sklearn_pandas', 'sklearn-pandas'],
  ['cv2', 'opencv-python'],
  ['PIL', 'pillow'],
]);
/** Modules of Python itself that pickles name. */
const STANDARD: ReadonlySet<string> = new Set(
  '__builtin__ builtins collections copy_reg copyreg datetime decimal functools operator _codecs re types uuid'.split(
    ' ',
  ),
);
/** Frameworks of the loaders whose files can come from no other. */
const FRAMEWORKS: ReadonlyMap<string, string> = new Map([
  ['xgboost', 'xgboost'],
  ['lightgbm', 'lightgbm'],
  ['catboost', 'catboost'],
  ['keras', 'keras'],
  ['tensorflow', 'tensorflow'],
  ['tflite', 'tensorflow'],
  ['torch', 'torch'],
  ['torchscript', 'torch'],
  ['torch-export', 'torch'],
]);
/** Steps that only pass data on: the algorithm is that of the last one inside. */
const WRAPPERS = /(?:^|\.)(?:Pipeline|GridSearchCV|RandomizedSearchCV|HalvingGridSearchCV|HalvingRandomSearchCV)$/;
/** Which estimator of a search was fitted on everything. */
const BEST = 'best_estimator_';

/** Reads the origin out of what the loader tells of the file. Nothing is guessed: what it does not tell is left out. */
export function describeOrigin({ format, details }: Judged): Origin {
  const type = algorithmIn(details['tree']);
  const modules = modulesIn(details['globals']);
  const framework =
    FRAMEWORKS.get(format) ??
    (type !== undefined ? packageOf(type) : format === 'tfjs' && 'keras' in details ? 'keras' : undefined);
  const version = versionIn(details);
  const converter = textAt(details, 'producer');
  const versions = new Map<string, string>();
  const sklearn = textAt(details, 'sklearnVersion');
  if (sklearn !== undefined) versions.set('scikit-learn', sklearn);
  if (framework !== undefined && version !== undefined) versions.set(framework, version);
  const [producer = '', producerVersion] = converter?.split(' ') ?? [];
  if (producerVersion !== undefined) versions.set(producer, producerVersion);
  const packages = new Set([
    ...modules.map(packageOf),
    ...versions.keys(),
    ...(framework === undefined ? [] : [framework]),
  ]);
  return {
    algorithm: type?.slice(type.lastIndexOf('.') + 1) ?? networkIn(details),
    framework,
    frameworkVersion: framework === undefined ? undefined : versions.get(framework),
    converter: producerVersion === undefined ? undefined : converter,
    requirements: [...packages].sort().map((name) => (versions.has(name) ? `${name}==${versions.get(name)}` : name)),
  };
}

function algorithmIn(tree: unknown): string | undefined {
  let node = tree;
  for (let type = typeOf(node); ; type = typeOf(node)) {
    if (type === undefined || !type.includes('.')) return undefined;
    if (!WRAPPERS.test(type)) return type;
    const children = childrenOf(node);
    const next = children.find((child) => textAt(child, 'name') === BEST) ?? children.at(-1);
    // A pipeline whose steps are not listed says no more than that it is one.
    if (typeOf(next)?.includes('.') !== true) return type;
    node = next;
  }
}

/** Top-level modules of the names that a pickle uses. */
function modulesIn(globals: unknown): string[] {
  if (!Array.isArray(globals)) return [];
  const modules = globals.flatMap((global: unknown) => textAt(global, 'name')?.split('.', 1) ?? []);
  return modules.filter((module) => !STANDARD.has(module));
}

function versionIn(details: Readonly<Record<string, unknown>>): string | undefined {
  const found = ['torchVersion', 'tensorflowVersion', 'keras', 'sklearnVersion']
    .map((name) => textAt(details, name))
    .find((text) => text !== undefined);
  return found !== undefined && /^\d/.test(found) ? found : undefined;
}

/** `Sequential "mlp"` of a network. */
function networkIn(details: Readonly<Record<string, unknown>>): string | undefined {
  return 'keras' in details ? textAt(details, 'model')?.split(' ', 1)[0] : undefined;
}

function packageOf(qualified: string): string {
  const [module = qualified] = qualified.split('.', 1);
  return PACKAGES.get(module) ?? module;
}

function typeOf(node: unknown): string | undefined {
  return textAt(node, 'type');
}

function childrenOf(node: unknown): readonly unknown[] {
  const children = typeof node === 'object' && node !== null ? (node as { children?: unknown }).children : undefined;
  return Array.isArray(children) ? children : [];
}

function textAt(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const text = (value as Record<string, unknown>)[key];
  return typeof text === 'string' && text !== '' ? text : undefined;
}
