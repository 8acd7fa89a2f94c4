// Compares the names that each public entry exports with scripts/exports.txt, so that a name is neither lost nor made
// public by accident; --write accepts what is there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { finish, ROOT } from './source-files.mjs';

const ENTRIES = new Map([
  ['base-ml-service', 'src/index.ts'],
  ['base-ml-service/testing', 'src/testing/index.ts'],
]);
const LIST = 'scripts/exports.txt';

const config = ts.getParsedCommandLineOfConfigFile(
  join(ROOT, 'tsconfig.json'),
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
);
const program = ts.createProgram(
  [...ENTRIES.values()].map((file) => join(ROOT, file)),
  config.options,
);
const checker = program.getTypeChecker();

/** Whether only the type of a name is exported (`export type { Model }`), whatever else the name stands for. */
const typeOnly = (symbol) => symbol.declarations?.some((node) => ts.isTypeOnlyExportDeclaration(node)) ?? false;

function lineOf(entry, symbol) {
  const target = (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
  const value = (target.flags & ts.SymbolFlags.Value) !== 0 && !typeOnly(symbol);
  return `${entry} ${value ? 'value' : 'type '} ${symbol.name}`;
}

const problems = [];
const present = [];
for (const [entry, file] of ENTRIES) {
  const source = program.getSourceFile(join(ROOT, file));
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) {
    problems.push(`${file}: missing, or exports nothing`);
    continue;
  }
  present.push(
    ...checker
      .getExportsOfModule(module)
      .map((symbol) => lineOf(entry, symbol))
      .sort(),
  );
}

if (process.argv.includes('--write') && problems.length === 0) {
  writeFileSync(join(ROOT, LIST), `${present.join('\n')}\n`);
}
const agreed = existsSync(join(ROOT, LIST)) ? readFileSync(join(ROOT, LIST), 'utf8').split('\n').filter(Boolean) : [];
const again = 'if it is meant, run `node scripts/check-exports.mjs --write` and add it to the changelog';
if (problems.length === 0) {
  problems.push(
    ...agreed.filter((line) => !present.includes(line)).map((line) => `no longer exported: ${line}; ${again}`),
    ...present.filter((line) => !agreed.includes(line)).map((line) => `newly exported: ${line}; ${again}`),
  );
}

finish('check-exports', problems, `${present.length} names of ${ENTRIES.size} entries`);
