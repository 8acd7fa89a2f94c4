// Packs the library, installs the tarball where nothing else is, and uses it as a stranger would: import and require of
// both entries, the command, types under each way of resolution. Needs a build in dist/.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { finish, ROOT } from './source-files.mjs';

const NAME = 'base-ml-service';
const ENTRIES = [NAME, `${NAME}/testing`];
const ALLOWED = /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|SECURITY\.md|ARCHITECTURE\.md|dist\/|docs\/)/;
const RUNTIMES = ['onnxruntime-node', 'onnxruntime-web', 'onnxruntime-common'];

const problems = [];
const folder = mkdtempSync(join(tmpdir(), 'base-ml-service-pack-'));
const consumer = join(folder, 'consumer');
const env = { ...process.env, NO_COLOR: '1' };
delete env.FORCE_COLOR;

/** Runs a program in the consumer's folder; what it printed, or `undefined` and a problem. */
function attempt(what, command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: consumer, encoding: 'utf8', env });
  if (status === 0) return stdout;
  problems.push(
    `${what}: failed\n${[error?.message, stdout, stderr].filter(Boolean).join('\n').trim().slice(0, 4000)}`,
  );
  return undefined;
}

function pack() {
  const args = ['pack', '--json', '--ignore-scripts', `--pack-destination=${folder}`, '--loglevel=error'];
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', env }));
  return { tarball: join(folder, packed.filename), files: packed.files.map((file) => file.path), bytes: packed.size };
}

function install(tarball) {
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const args = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--loglevel=error',
    tarball,
  ];
  return attempt('install of the tarball', 'npm', args) !== undefined;
}

function checkFiles(files) {
  for (const file of files) {
    if (!ALLOWED.test(file)) problems.push(`the tarball holds ${file}`);
  }
  for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'docs/errors.md', 'dist/cli.js']) {
    if (!files.includes(file)) problems.push(`the tarball lacks ${file}`);
  }
  const installed = join(consumer, 'node_modules', NAME);
  for (const file of files) {
    if (readFileSync(join(installed, file), 'latin1').includes(ROOT))
      problems.push(`${file}: holds this machine's path`);
  }
}

/** A program that loads one entry and fails where that loaded a machine-learning runtime, seen by every script parsed. */
function importProbe(entry, load) {
  return `
import { Session } from 'node:inspector';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const scripts = [];
const session = new Session();
session.connect();
session.on('Debugger.scriptParsed', ({ params }) => scripts.push(params.url));
session.post('Debugger.enable');
const runtime = /onnxruntime|tensorflow|tfjs|h5wasm/;
const before = performance.now();
const library = ${load}(${JSON.stringify(entry)});
const ms = performance.now() - before;
const names = Object.keys(library).filter((name) => name !== 'default' && name !== 'module.exports');
if (names.length === 0) throw new Error('exports nothing');
const undefinedNames = names.filter((name) => library[name] === undefined);
if (undefinedNames.length > 0) throw new Error('exports undefined: ' + undefinedNames);
const loaded = [...scripts, ...Object.keys(require.cache), ...process.report.getReport().sharedObjects];
const runtimes = loaded.filter((name) => runtime.test(name));
if (runtimes.length > 0) throw new Error('importing loads a runtime: ' + runtimes.join(', '));
session.disconnect();
console.log(JSON.stringify({ names: names.sort(), ms: Math.round(ms) }));
`;
}

function checkImports() {
  // Beside the library, so that an import of a runtime would succeed and be seen.
  for (const runtime of RUNTIMES) {
    symlinkSync(join(ROOT, 'node_modules', runtime), join(consumer, 'node_modules', runtime));
  }
  for (const [index, entry] of ENTRIES.entries()) {
    const found = ['await import', 'require'].map((load) => {
      const file = join(consumer, `probe-${index}-${load === 'require' ? 'cjs' : 'esm'}.mjs`);
      writeFileSync(file, importProbe(entry, load));
      const output = attempt(`${load}('${entry}')`, process.execPath, [file]);
      if (output !== undefined) console.log(`  ${load}('${entry}'): ${output.trim().slice(0, 100)}...`);
      return output === undefined ? undefined : JSON.parse(output).names.join(' ');
    });
    if (found[0] !== undefined && found[1] !== undefined && found[0] !== found[1]) {
      problems.push(`${entry}: import gives ${found[0]}, require gives ${found[1]}`);
    }
  }
  const listed = readFileSync(join(ROOT, 'scripts/exports.txt'), 'utf8').split('\n');
  const values = listed.filter((line) => line.startsWith(`${NAME} value `)).map((line) => line.split(' ')[2]);
  const check = `import * as library from '${NAME}'; const missing = ${JSON.stringify(values)}.filter((name) => !(name in library)); if (missing.length > 0) throw new Error('missing: ' + missing);`;
  attempt('every public value is in the bundle', process.execPath, ['--input-type=module', '--eval', check]);
}

function checkCommand() {
  const command = join(consumer, 'node_modules/.bin', NAME);
  const output = attempt(`${NAME} --help`, command, ['--help']);
  if (output !== undefined && !output.includes('inspect')) problems.push(`${NAME} --help: does not list its commands`);
}

const CONSUMER = `import { BaseMLService, MLServiceError, MLServiceRegistry, loadModel, scanFile, type Model } from '${NAME}';
import * as testing from '${NAME}/testing';

class FraudService extends BaseMLService {
  readonly modelName = 'fraud_detector';
  predict(rows: { amount: number }[]) {
    return this.model.predict(rows);
  }
}

export async function use(): Promise<readonly unknown[]> {
  const registry = new MLServiceRegistry({ modelsDir: 'models' });
  const service = new FraudService({ registry });
  const model: Model = await loadModel('model.onnx');
  const report = await scanFile('model.onnx');
  try {
    return [await service.predict([{ amount: 1 }]), model.info.format, report.verdict, testing];
  } catch (error) {
    if (MLServiceError.isInstance(error)) return [error.code];
    throw error;
  } finally {
    await registry.close();
  }
}
`;

function checkTypes() {
  const ways = [
    { module: 'node16', moduleResolution: 'node16', file: 'consumer.mts' },
    { module: 'node16', moduleResolution: 'node16', file: 'consumer.cts' },
    { module: 'nodenext', moduleResolution: 'nodenext', file: 'consumer.mts' },
    { module: 'esnext', moduleResolution: 'bundler', file: 'consumer.ts' },
  ];
  for (const { module, moduleResolution, file } of ways) {
    const name = `${moduleResolution}-${file}`;
    writeFileSync(join(consumer, file), CONSUMER);
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2022'],
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      // The declarations themselves are what is tested here.
      skipLibCheck: false,
      typeRoots: [join(ROOT, 'node_modules/@types')],
      types: ['node'],
    };
    const config = join(consumer, `tsconfig.${name}.json`);
    writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }));
    attempt(`types, ${name}`, process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', config]);
  }
}

async function checkPackage(tarball) {
  const content = readFileSync(tarball);
  const bytes = content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
  for (const message of messages) problems.push(`publint: ${formatMessage(message, pkg, { color: false })}`);
  // Resolution of Node 10 knows no exports map; Node 10 is not supported.
  const attw = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  attempt('are the types wrong', process.execPath, [
    attw,
    tarball,
    '--profile',
    'node16',
    '--no-emoji',
    '--no-definitely-typed',
  ]);
}

try {
  if (!readdirSync(ROOT).includes('dist')) throw new Error('there is no dist/: run `npm run build` first');
  const { tarball, files, bytes } = pack();
  if (install(tarball)) {
    checkFiles(files);
    checkTypes();
    checkImports();
    checkCommand();
    await checkPackage(tarball);
  }
  finish('check-pack', problems, `${files.length} files, ${(bytes / 1024).toFixed(0)} KiB, ${ENTRIES.length} entries`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
