// npm leaves binaries of other platforms out of package-lock.json where its registry does not carry them, and `npm ci`
// then refuses the lockfile on every machine. An entry with version and platform is all that `npm ci` needs to pass over
// them; this writes the missing ones.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LOCKFILE = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** The optional dependencies without an entry: name, version, and the path of the package that wants them. */
export function missingEntries(packages) {
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(
        ([name]) =>
          packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
      )
      .map(([name, version]) => ({ name, version, path })),
  );
}

/** The entry of a package for another platform, which its name tells: `@rollup/rollup-linux-arm-musleabihf`. */
function entryOf({ name, version, path }, packages) {
  const words = name.split('/').at(-1).split('-');
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  if (cpu.length !== 1 || os.length > 1 || !/^\d/.test(version)) {
    throw new Error(`${name}@${version} (of ${path}): its platform cannot be told from its name; add it by hand`);
  }
  const libc = words.some((word) => word.startsWith('musl')) ? ['musl'] : ['glibc'];
  return {
    version,
    cpu,
    ...(packages[path].dev === true && { dev: true }),
    ...(os[0] === 'linux' && words.some((word) => /^(musl|gnu)/.test(word)) && { libc }),
    optional: true,
    ...(os.length === 1 && { os }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync(LOCKFILE, 'utf8'));
  const missing = missingEntries(lock.packages);
  for (const one of missing) lock.packages[`node_modules/${one.name}`] = entryOf(one, lock.packages);
  const inOrder = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(inOrder);
  if (missing.length > 0) writeFileSync(LOCKFILE, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${missing.length} entries added`);
}
