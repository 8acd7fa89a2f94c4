// Joins the chunks that are always loaded together: a plugin of esbuild, for tsup.config.ts. esbuild makes a chunk for
// every set of entries that share a file, and every loader is an entry: importing the library would open some eighty
// files, most of them small, at half a millisecond each (docs/adr/2026-11-26-import-cost.md).
import { basename, dirname, extname, join } from 'node:path/posix';

/** Bytes. */
const LITTLE = 16_384;

/**
 * @param files for each file to be written, in this order, the sources of the entries, static or dynamic, whose chunks
 *   go into it
 * @param worker source of an entry that is loaded without these files: what it loads at once goes into files of its own,
 *   `<name>-1` and so on, and what it can come to load later stays in chunks unless it is little
 * @param command source of another one, that can come to load everything
 */
export function joinChunks({ files, worker, command }) {
  return {
    name: 'join-chunks',
    setup(build) {
      build.initialOptions.metafile = true;
      build.onEnd(async (result) => {
        if (result.errors.length > 0) return;
        const { outputs } = result.metafile;
        const groups = groupsOf(outputs, { files, worker, command });
        const homes = homesOf(groups);
        const texts = new Map(result.outputFiles.map((file) => [pathIn(outputs, file.path), file.text]));
        const joined = await Promise.all(
          [...groups].map(([name, members]) => bundle({ build, outputs, texts, name, members })),
        );
        const members = new Set([...groups.values()].flat());
        const kept = result.outputFiles.filter((file) => !members.has(pathIn(outputs, file.path)));
        const folder = dirname(kept[0].path.replaceAll('\\', '/'));
        for (const member of members) delete outputs[member];
        for (const { path, meta } of joined) outputs[path] = meta;
        for (const meta of Object.values(outputs)) meta.imports = importsAfter(meta.imports, homes);
        result.outputFiles = [
          ...kept,
          ...joined.map(({ path, text }) => ({ path: `${folder}/${basename(path)}`, text })),
        ].map(({ path, text }) => outputFile(path, /\.c?js$/.test(path) ? rewritten(text, homes) : text));
      });
    },
  };
}

/** The key of the metafile for a file that was written. */
function pathIn(outputs, path) {
  const posix = path.replaceAll('\\', '/');
  return Object.keys(outputs).find((key) => posix.endsWith(`/${key}`));
}

/** Everything that is loaded with some outputs, themselves included. */
function reached(outputs, paths, { dynamic = false } = {}) {
  const seen = new Set(paths);
  for (const path of seen)
    for (const { path: target, kind, external } of outputs[path].imports)
      if (!external && (dynamic || kind === 'import-statement')) seen.add(target);
  return seen;
}

/** The chunks that become one file, by its name. */
function groupsOf(outputs, { files, worker, command }) {
  const outputOf = (source) => {
    const found = Object.keys(outputs).find((path) => outputs[path].entryPoint === source);
    if (found === undefined) throw new Error(`join-chunks: ${source} is no entry of the build`);
    return found;
  };
  const [inWorkers, inCommands] = [reached(outputs, [outputOf(worker)]), reached(outputs, [outputOf(command)])];
  const laterInWorkers = reached(outputs, [outputOf(worker)], { dynamic: true });
  const taken = new Set();
  const groups = new Map();
  for (const [name, sources] of Object.entries(files)) {
    const byUsers = new Map();
    for (const path of reached(outputs, sources.map(outputOf))) {
      if (outputs[path].entryPoint !== undefined || taken.has(path)) continue;
      taken.add(path);
      const key = [
        inWorkers.has(path) ? 'worker' : laterInWorkers.has(path) ? 'worker, later' : '',
        inCommands.has(path) ? 'command' : '',
      ].join(' ');
      byUsers.set(key, [...(byUsers.get(key) ?? []), path]);
    }
    let count = 0;
    // What imports a chunk has as few users or fewer, so that no two of these files import each other.
    for (const [users, members] of [...byUsers].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const bytes = members.reduce((sum, path) => sum + outputs[path].bytes, 0);
      if (users.includes('later') && bytes > LITTLE) continue;
      groups.set(users === ' ' ? name : `${name}-${++count}`, members);
    }
  }
  return new Map([...groups].filter(([, members]) => members.length > 1));
}

/** Where what a chunk exported is now, by the specifier that it was imported with. */
function homesOf(groups) {
  const homes = new Map();
  for (const [name, members] of groups)
    for (const [i, member] of members.entries())
      homes.set(`./${basename(member)}`, {
        file: `./${name}${extname(member)}`,
        exported: (symbol) => `${symbol}_${i}`,
      });
  return homes;
}

/** Some chunks as one file, whose imports are still those of the chunks. */
async function bundle({ build, outputs, texts, name, members }) {
  const inside = new Map(members.map((member, i) => [`./${basename(member)}`, { member, i }]));
  const contents = Array.from(inside, ([specifier, { member, i }]) => {
    const names = outputs[member].exports.map((symbol) => `${symbol} as ${symbol}_${i}`);
    return `import '${specifier}'; export { ${names.join(', ')} } from '${specifier}';`;
  }).join('\n');
  const path = join(dirname(members[0]), `${name}${extname(members[0])}`);
  const { outputFiles, metafile } = await build.esbuild.build({
    stdin: { contents, resolveDir: '/', sourcefile: path },
    outfile: path,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: build.initialOptions.platform,
    target: build.initialOptions.target,
    logLevel: 'error',
    plugins: [
      {
        name: 'members',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /.*/ }, ({ path: specifier, kind }) =>
            inside.has(specifier) && kind === 'import-statement'
              ? { path: specifier, namespace: 'chunk' }
              : { path: specifier, external: true },
          );
          onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path: specifier }) => ({
            contents: texts.get(inside.get(specifier).member),
          }));
        },
      },
    ],
  });
  const [meta] = Object.values(metafile.outputs);
  const imports = meta.imports.map((one) =>
    one.path.startsWith('./') ? { path: join(dirname(path), one.path), kind: one.kind } : one,
  );
  const inputs = Object.assign({}, ...members.map((member) => outputs[member].inputs));
  return { path, text: outputFiles[0].text, meta: { ...meta, imports, inputs } };
}

/** The same imports, of the files that the chunks went into. */
function importsAfter(imports, homes) {
  const targets = imports.map((one) => {
    const home = homes.get(`./${basename(one.path)}`);
    return home === undefined ? one : { ...one, path: join(dirname(one.path), home.file) };
  });
  return targets.filter(
    (one, i) => targets.findIndex(({ path, kind }) => path === one.path && kind === one.kind) === i,
  );
}

/** A text whose imports of chunks lead to the files that the chunks went into. */
function rewritten(text, homes) {
  const after = text.replace(/^import(?:\s*\{([^}]*)\}\s*from)?\s*"(\.\/[^"]+)";$/gm, (whole, list, specifier) => {
    const home = homes.get(specifier);
    if (home === undefined) return whole;
    // Whoever imports from a file runs it.
    if (list === undefined) return '';
    const names = list.split(',').map((item) => item.trim().split(/\s+as\s+/));
    const renamed = names.map(([symbol, local = symbol]) => `  ${home.exported(symbol)} as ${local}`);
    return `import {\n${renamed.join(',\n')}\n} from "${home.file}";`;
  });
  const left = [...homes.keys()].find((specifier) => after.includes(`"${specifier}"`));
  if (left !== undefined) throw new Error(`join-chunks: an import of ${left} is of no form that is known`);
  return after;
}

function outputFile(path, text) {
  return { path, text, contents: new TextEncoder().encode(text), hash: '' };
}
