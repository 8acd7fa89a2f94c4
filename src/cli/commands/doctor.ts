import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import satisfies from 'semver/functions/satisfies.js';
import type { RepositoryProblem } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';
import { type PackageState, packagesOf } from '../doctor/packages.ts';
import { type Setting, settingsOf } from '../doctor/settings.ts';
import { type Variable, variablesOf } from '../doctor/variables.ts';
import { readManifest } from '../manifest.ts';
import type { Cell, Output } from '../output.ts';
import { printProblems } from '../print-problems.ts';
import { count, humanBytes } from '../text.ts';

interface Diagnosis {
  readonly ok: boolean;
  /** What must be put right, one sentence each. */
  readonly complaints: readonly string[];
  readonly version: string;
  readonly node: { readonly version: string; readonly supported: string };
  readonly platform: {
    readonly os: string;
    readonly arch: string;
    readonly cpus: number;
    readonly memoryBytes: number;
  };
  readonly packages: readonly PackageState[];
  readonly models: { readonly names: readonly string[]; readonly files: number };
  readonly problems: readonly RepositoryProblem[];
  readonly settings: readonly Setting[];
  readonly variables: readonly Variable[];
}

/** `doctor`: what the library finds on this machine, and what is in force. */
export const doctor: CliCommand<Diagnosis> = {
  name: 'doctor',
  summary: 'Node, runtimes, models directory, every setting in force and where it comes from',
  notes: 'Exit code 1 if something must be put right.',
  async run(call) {
    const registry = await call.registry();
    const { config, loaders } = registry;
    const { version, node } = readManifest(call.script);
    const packages = await packagesOf(loaders, call.script);
    const exists = existsSync(config.modelsDir);
    // A variable that is misspelt makes a model of that name; the directory tells what was meant.
    const found = exists ? (await registry.models()).filter(({ setBy }) => setBy === undefined) : [];
    const problems = exists ? await registry.problems() : [];
    const names = [...new Set(found.map(({ name }) => name))].sort();
    const complaints = [
      ...(satisfies(process.versions.node, node) ? [] : [`Node ${process.versions.node} is not supported: ${node}`]),
      ...(exists ? [] : [missingDirectory(config.modelsDir)]),
      ...loadersWithoutPackage(packages),
      ...(problems.length > 0 ? [`${count(problems.length, 'file')} of the models directory cannot be used`] : []),
    ];
    return {
      ok: complaints.length === 0,
      complaints,
      version,
      node: { version: process.versions.node, supported: node },
      platform: { os: process.platform, arch: process.arch, cpus: availableParallelism(), memoryBytes: totalmem() },
      packages,
      models: { names, files: found.length },
      problems,
      settings: settingsOf(registry, call.modelsDir),
      variables: variablesOf(config.env, names),
    };
  },
  print,
  failed: ({ ok }) => !ok,
};

function missingDirectory(path: string): string {
  return `the models directory ${path} does not exist; create it, or set --models-dir or ML_MODELS_DIR`;
}

/** A loader can do its work if one of the packages that it names can be imported. */
function loadersWithoutPackage(packages: readonly PackageState[]): string[] {
  const loaders = new Set(packages.flatMap((found) => found.loaders));
  return [...loaders]
    .map((loader) => ({ loader, candidates: packages.filter((found) => found.loaders.includes(loader)) }))
    .filter(({ candidates }) => !candidates.some(({ usable }) => usable))
    .map(({ loader, candidates }) => {
      const names = candidates.map(({ name }) => name);
      return `${loader} models cannot be computed: none of ${names.join(', ')} can be imported; npm install ${names[0]} --ignore-scripts`;
    });
}

async function print(found: Diagnosis, out: Output): Promise<void> {
  const { platform, node, packages, settings, variables, models } = found;
  out.pairs([
    ['base-ml-service', found.version],
    ['node', `${node.version} (supported: ${node.supported})`],
    [
      'platform',
      `${platform.os} ${platform.arch}, ${count(platform.cpus, 'CPU')}, ${humanBytes(platform.memoryBytes)}`,
    ],
    ['models', `${count(models.names.length, 'name')}, ${count(models.files, 'file')}`],
  ]);
  if (packages.length > 0) {
    out.line();
    await out.table(['PACKAGE', 'VERSION', 'STATE', 'USED BY'], packages.map(packageRow));
  }
  out.line();
  const settingRow = ({ name, value, from }: Setting): Cell[] => [
    name,
    settingText(name, value),
    from === 'default' ? ['dim', from] : from,
  ];
  await out.table(['SETTING', 'VALUE', 'FROM'], settings.map(settingRow));
  if (variables.length > 0) {
    out.line();
    const row = ({ name, value, effect, used }: Variable): Cell[] => [
      name,
      value ?? '-',
      used ? effect : ['yellow', effect],
    ];
    await out.table(['VARIABLE', 'VALUE', 'SETS'], variables.map(row));
  }
  await printProblems(found.problems, out);
  out.line();
  if (found.ok) out.line('Everything is in order.', 'green');
  for (const complaint of found.complaints) out.line(complaint, 'red');
}

function packageRow({ name, version, usable, reason, loaders }: PackageState): Cell[] {
  const state: Cell = usable
    ? ['green', 'usable']
    : version === undefined
      ? 'not installed'
      : ['red', `cannot be imported: ${reason ?? ''}`];
  return [name, version ?? '-', state, loaders.join(', ')];
}

function settingText(name: string, value: Setting['value']): string {
  if (value === null) return 'never';
  return name.endsWith('Bytes') && typeof value === 'number' ? `${value} (${humanBytes(value)})` : String(value);
}
