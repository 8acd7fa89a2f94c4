// What the structure checks share: the files of src, their syntax trees, and how a check ends.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The repository's root, with a trailing separator. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const GENERATED = /\.gen\.ts$/;

/** Paths of the TypeScript files below a folder of the repository, relative to its root, POSIX separators, sorted. */
export function sourceFiles(folder = 'src') {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

export function isGenerated(file) {
  return GENERATED.test(file);
}

export function readSource(file) {
  return readFileSync(join(ROOT, file), 'utf8');
}

export function parseSource(file) {
  return ts.createSourceFile(file, readSource(file), ts.ScriptTarget.ES2022, true);
}

/** Every node of a tree, parents first. */
export function* nodesOf(node) {
  yield node;
  const children = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesOf(child);
}

/** `file:line` of a node. */
export function placeOf(node) {
  const source = node.getSourceFile();
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

/** Prints what is wrong, or one line that says what was looked at, and sets the exit status. */
export function finish(name, problems, looked) {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`${name}: ${problems.length} problem${problems.length === 1 ? '' : 's'}`);
    process.exitCode = 1;
  } else {
    console.log(`${name}: ok (${looked})`);
  }
}
