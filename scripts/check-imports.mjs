// Checks who may import whom in src (ARCHITECTURE.md, "Rooms and doors"), that nothing imports in a circle, that only
// declared packages are imported, and that the core names no format. Type-only imports obey the rooms too.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import ts from 'typescript';
import { finish, nodesOf, parseSource, placeOf, ROOT, sourceFiles } from './source-files.mjs';

const BASE = ['internal', 'spec', 'errors', 'data'];
const ESTIMATORS = [
  'sklearn',
  'xgboost',
  'lightgbm',
  'catboost',
  'category_encoders',
  'feature_engine',
  'imblearn',
  'sklearn_pandas',
];
const GRAPHS = ['keras', 'torch', 'tensorflow'];
const BELOW_LOADERS = [
  ...BASE,
  'formats',
  'onnx',
  'engines',
  'onnx-runner',
  'tfjs-runner',
  'kernel',
  ...ESTIMATORS,
  ...GRAPHS,
];
const COLLABORATORS = ['repository', 'integrity', 'cache', 'events', 'execution', 'sidecar'];
const OPERATIONS = ['routing', 'metrics', 'access', 'contract', 'remote'];
const EVERY_PART = [...BELOW_LOADERS, ...COLLABORATORS, ...OPERATIONS, 'protocol', 'loaders', 'service'];

/** Room to the rooms that it may import from, besides itself. */
const MAY_IMPORT = new Map([
  ['internal', []],
  ['spec', []],
  ['errors', ['spec', 'internal']],
  ['data', BASE],
  ['formats', BASE],
  ['onnx', [...BASE, 'formats']],
  ['engines', BASE],
  // A graph on an engine, asked by rows: what every loader shares whose model becomes an ONNX graph.
  ['onnx-runner', [...BASE, 'formats', 'onnx', 'engines']],
  ['tfjs-runner', [...BASE, 'engines', 'onnx-runner']],
  ['kernel', BASE],
  // One table of estimators joins all of them; what they share is in sklearn/base.
  ...ESTIMATORS.map((room) => [room, [...BASE, 'formats', 'kernel', ...ESTIMATORS]]),
  // What they write is opened by what asks graphs by rows, for the loaders that share one of these rooms.
  ...GRAPHS.map((room) => [room, [...BASE, 'formats', 'onnx', 'onnx-runner']]),
  ...COLLABORATORS.map((room) => [room, BASE]),
  ['routing', BASE],
  ['metrics', [...BASE, 'events']],
  ['access', BASE],
  ['contract', BASE],
  // The Open Inference Protocol, for who asks and who answers.
  ['protocol', BASE],
  ['remote', [...BASE, 'protocol']],
  ['loaders', BASE],
  // What runs in the thread or process of a model: loaders, and no services.
  ['worker', [...BASE, 'execution', 'loaders']],
  ['loader', BELOW_LOADERS],
  ['service', EVERY_PART],
  // What writes models directories.
  ['publishing', EVERY_PART],
  ['quantization', EVERY_PART],
  ['server', EVERY_PART],
  ['index', [...EVERY_PART, 'publishing', 'quantization', 'server']],
  ['testing', [...EVERY_PART, 'index']],
  ['cli', [...EVERY_PART, 'publishing', 'quantization', 'server', 'index']],
]);
/** Rooms whose types alone may be imported. */
const TYPES_ONLY = new Map([['internal', ['spec']]]);

const LOADER_TABLE = 'src/loaders/builtin-loaders.gen.ts';

/** The room of a file; `loader:<format>` for one format's folder, `loaders` for what all formats share. */
function roomOf(file) {
  const [, first, second, third] = file.split('/');
  if (second === undefined) return first.replace(/\.ts$/, '');
  if (first === 'loaders' && third !== undefined) return `loader:${second}`;
  return first;
}

/** Every import, re-export, `import()` and `import type` of a file. */
function importsOf(source) {
  const found = [];
  for (const node of nodesOf(source)) {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      const named = clause?.namedBindings;
      const onlyTypes =
        clause !== undefined &&
        (clause.phaseModifier === ts.SyntaxKind.TypeKeyword ||
          (clause.name === undefined &&
            named !== undefined &&
            ts.isNamedImports(named) &&
            named.elements.length > 0 &&
            named.elements.every((element) => element.isTypeOnly)));
      found.push({ node, specifier: node.moduleSpecifier, kind: onlyTypes ? 'type' : 'static' });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      const named = node.exportClause;
      const onlyTypes =
        node.isTypeOnly ||
        (named !== undefined && ts.isNamedExports(named) && named.elements.every((element) => element.isTypeOnly));
      found.push({ node, specifier: node.moduleSpecifier, kind: onlyTypes ? 'type' : 'static' });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      found.push({ node, specifier: node.arguments[0], kind: 'dynamic' });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push({ node, specifier: node.argument.literal, kind: 'type' });
    }
  }
  return found.map(({ node, specifier, kind }) => ({
    node,
    kind,
    specifier: specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : undefined,
  }));
}

/** Why one file may not import another, or `undefined` where it may. */
function refusal(file, target, kind) {
  const from = roomOf(file);
  const to = roomOf(target);
  if (from === to) return undefined;
  if (to === 'testing' || to === 'cli') return `nothing imports ${to}/`;
  if (to.startsWith('loader:')) {
    const format = to.slice('loader:'.length);
    if (file !== LOADER_TABLE) return `only ${LOADER_TABLE} imports a single format's loader`;
    if (target === `src/loaders/${format}/${format}-format.ts`) return undefined;
    if (target === `src/loaders/${format}/${format}-loader.ts` && kind === 'dynamic') return undefined;
    return `the table may import ${format}-format.ts, and ${format}-loader.ts by import() alone`;
  }
  const rule = MAY_IMPORT.get(from.startsWith('loader:') ? 'loader' : from);
  if (rule === undefined)
    return `src/${from} is no known room: add it to scripts/check-imports.mjs and ARCHITECTURE.md`;
  if (rule.includes(to)) return undefined;
  const typesOnly = TYPES_ONLY.get(from) ?? [];
  if (kind === 'type' && typesOnly.includes(to)) return undefined;
  if (typesOnly.includes(to)) return `${from}/ may import only types from ${to}/`;
  return `${from}/ may import from ${rule.length === 0 ? 'no other room' : rule.join(', ')}, not from ${to}`;
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const dependencies = new Set(Object.keys(manifest.dependencies));
const peers = new Set(Object.keys(manifest.peerDependencies ?? {}));

/** Optional peers that other rooms than `engines` import. */
const PEERS_OF = new Map([
  ['integrity', ['@sigstore/bundle', '@sigstore/protobuf-specs', '@sigstore/verify']],
  ['metrics', ['prom-client', '@opentelemetry/api']],
  ['protocol', ['@grpc/grpc-js', '@grpc/proto-loader']],
]);

/** Why a package may not be imported there, or `undefined`. */
function packageRefusal(file, specifier, kind) {
  if (specifier.startsWith('node:')) return undefined;
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (dependencies.has(name)) return undefined;
  if (!peers.has(name)) return `${name} is no dependency (Node's own modules are written node:...)`;
  if (kind === 'static')
    return `${name} is an optional peer: import it by import(), so that nobody pays for it unasked`;
  const allowed = roomOf(file) === 'engines' || PEERS_OF.get(roomOf(file))?.includes(name);
  return allowed ? undefined : `${name} is imported by engines/ alone, or by the room that PEERS_OF names`;
}

/** Rooms that know no format, and words that would show they do. */
const FORMAT_FREE = new Set(['service', 'cache', 'events', 'repository', 'integrity', 'execution', 'worker']);
const FORMAT_WORDS = new Set(
  'onnx onnxruntime sklearn pickle pkl joblib keras h5 hdf5 torch torchscript pytorch pth pt pt2 tfjs tensorflow pb savedmodel xgboost ubj lightgbm catboost cbm safetensors npy npz'.split(
    ' ',
  ),
);
for (const entry of readdirSync(join(ROOT, 'src/loaders'), { withFileTypes: true })) {
  if (entry.isDirectory()) FORMAT_WORDS.add(entry.name);
}

/** A literal without spaces is a value that code works with, not a sentence for people. */
function namesFormat(text) {
  if (/\s/.test(text)) return false;
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => FORMAT_WORDS.has(word));
}

/** What importing the library must not import: nobody who makes a registry needs it by then. By beginnings. */
const LATER = [
  'semver',
  'node:child_process',
  'node:crypto',
  'node:http',
  'node:net',
  'node:worker_threads',
  'node:zlib',
  'src/access/encryption/encrypt-model.ts',
  'src/contract/zod-row.ts',
  'src/execution/call-gate.ts',
  'src/execution/model-host.ts',
  'src/integrity/lock-file.ts',
  'src/integrity/verify-artefact.ts',
  'src/metrics/collect-',
  'src/protocol/',
  'src/publishing/publish-model.ts',
  'src/repository/directory-index.ts',
  'src/repository/read-file.ts',
  'src/repository/resolve.ts',
  'src/routing/',
  'src/server/http-front.ts',
  'src/server/serve.ts',
  'src/service/build-model.ts',
  'src/service/load-model.ts',
  'src/service/swap/swap-run.ts',
];
const ENTRY = 'src/index.ts';

const problems = [];
/** Static imports of files and packages, by file. */
const atOnce = new Map();
const files = sourceFiles();
const known = new Set(files);
const graph = new Map(files.map((file) => [file, []]));
let count = 0;

for (const file of files) {
  const source = parseSource(file);
  for (const { node, specifier, kind } of importsOf(source)) {
    count += 1;
    // The name of a user's module or of an engine may be computed; there is nothing to judge then.
    if (specifier === undefined) continue;
    if (kind === 'static')
      (atOnce.get(file) ?? atOnce.set(file, []).get(file)).push(
        specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier,
      );
    const say = (reason) => problems.push(`${placeOf(node)}: imports '${specifier}': ${reason}`);
    if (!specifier.startsWith('.')) {
      const reason = packageRefusal(file, specifier, kind);
      if (reason !== undefined) say(reason);
      continue;
    }
    const target = normalize(join(dirname(file), specifier));
    if (!known.has(target)) {
      say('there is no such file in src (relative imports carry the .ts extension)');
      continue;
    }
    const reason = refusal(file, target, kind);
    if (reason !== undefined) say(reason);
    if (kind !== 'type') graph.get(file).push(target);
  }
  if (FORMAT_FREE.has(roomOf(file))) {
    for (const node of nodesOf(source)) {
      // What is imported was judged above.
      const value =
        ts.isStringLiteralLike(node) && !ts.isImportDeclaration(node.parent) && !ts.isExportDeclaration(node.parent);
      if (value && namesFormat(node.text)) {
        problems.push(
          `${placeOf(node)}: '${node.text}' names a format, and ${roomOf(file)}/ knows none; ask the loader (its formats, capabilities or detect) instead`,
        );
      }
    }
  }
}

/** Circles of value imports: the path from a file back to itself, each circle once. */
function circles() {
  const found = [];
  const done = new Set();
  const visit = (file, path) => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    for (const target of graph.get(file)) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

for (const circle of circles()) problems.push(`circle of imports: ${circle.join(' -> ')}`);

/** How importing the library comes to import something that belongs to `LATER`. */
function tooEarly() {
  const cameFrom = new Map([[ENTRY, undefined]]);
  const found = [];
  for (const file of cameFrom.keys()) {
    const later = LATER.find((beginning) => file.startsWith(beginning));
    if (later !== undefined) {
      const way = [];
      for (let at = file; at !== undefined; at = cameFrom.get(at)) way.unshift(at);
      found.push(`importing the library imports ${file}; use import() on the way: ${way.join(' -> ')}`);
      continue;
    }
    for (const target of atOnce.get(file) ?? []) if (!cameFrom.has(target)) cameFrom.set(target, file);
  }
  // A name that nothing has is a check that cannot fail.
  for (const beginning of LATER)
    if (beginning.startsWith('src/') && !files.some((file) => file.startsWith(beginning)))
      found.push(`scripts/check-imports.mjs: LATER names ${beginning}, and there is no such file`);
  return found;
}

problems.push(...tooEarly());

finish('check-imports', problems, `${files.length} files, ${count} imports, no circle`);
