// Writes the table of built-in loaders from the folders of src/loaders; with --check it only compares.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeGenerated } from './generated-file.mjs';
import { ROOT } from './source-files.mjs';

const FOLDER = 'src/loaders';

/** Formats that have both files: what is known before the import, and the loader itself. */
function formats() {
  return readdirSync(join(ROOT, FOLDER), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => ['format', 'loader'].every((part) => existsSync(join(ROOT, FOLDER, name, `${name}-${part}.ts`))))
    .sort();
}

const identifier = (name) => name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

function table(names) {
  return [
    '// Written by scripts/gen-loaders.mjs from the folders beside this file; do not edit.',
    "import type { BuiltinLoader } from '../spec/loader-descriptor.ts';",
    ...names.map((name) => `import { descriptor as ${identifier(name)} } from './${name}/${name}-format.ts';`),
    '',
    '/** The loaders that are part of the package; each one is imported when a file first needs it. */',
    names.length === 0
      ? 'export const BUILTIN_LOADERS: readonly BuiltinLoader[] = [];'
      : 'export const BUILTIN_LOADERS: readonly BuiltinLoader[] = [',
    ...names.map(
      (name) =>
        `  { descriptor: ${identifier(name)}, import: async () => (await import('./${name}/${name}-loader.ts')).loader },`,
    ),
    ...(names.length === 0 ? [] : ['];']),
    '',
  ].join('\n');
}

writeGenerated(`${FOLDER}/builtin-loaders.gen.ts`, table(formats()), 'node scripts/gen-loaders.mjs');
