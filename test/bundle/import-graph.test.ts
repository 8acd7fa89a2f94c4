import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const dist = join(import.meta.dirname, '../../dist');
const MAX_FILES = 9;
const MAX_BYTES = 440_000;
/** What Node loads by itself differs between versions; none of these is needed to make a registry. */
const HEAVY = /^NativeModule (?:http|https|http2|net|tls|crypto|zlib|child_process|worker_threads|dns)$/;

/** Files that a built ES module imports: by statements, and by `import()`. */
function importsOf(file: string): { readonly atOnce: string[]; readonly later: string[] } {
  const text = readFileSync(join(dist, file), 'utf8');
  const all = (pattern: RegExp): string[] => Array.from(text.matchAll(pattern), ([, target = '']) => target);
  return {
    atOnce: all(/^(?:import|export|\})[^"();]*"\.\/([^"]+)";$/gm),
    later: all(/\bimport\("\.\/([^"]+)"\)/g),
  };
}

function reached(entries: readonly string[], { later }: { readonly later: boolean }): string[] {
  const seen = new Set(entries);
  for (const file of seen) {
    const imports = importsOf(file);
    for (const target of [...imports.atOnce, ...(later ? imports.later : [])]) seen.add(target);
  }
  return [...seen];
}

function run(args: readonly string[]): string {
  return execFileSync(process.execPath, [...args], { encoding: 'utf8' });
}

const report = (what: string): string => `console.log(JSON.stringify(${what}))`;
const LOADED = 'process.moduleLoadList';
const register = `
  const registry = new MLServiceRegistry({ env: {} });
  class Fraud extends BaseMLService { modelName = 'fraud'; }
  registry.create(Fraud);`;

describe('importing the library, making a registry and a service', () => {
  it('as an ES module opens few files, and no large ones', () => {
    const files = reached(['index.js'], { later: false });
    expect(files.length).toBeGreaterThan(1);
    expect(files.length).toBeLessThanOrEqual(MAX_FILES);
    expect(files.reduce((sum, file) => sum + statSync(join(dist, file)).size, 0)).toBeLessThan(MAX_BYTES);
  });

  it('as CommonJS opens few files, and no large ones', () => {
    const path = JSON.stringify(join(dist, 'index.cjs'));
    const script = `const { BaseMLService, MLServiceRegistry } = require(${path}); ${register}
      ${report('Object.keys(require.cache)')}`;
    const files = JSON.parse(run(['--input-type=commonjs', '-e', script])) as string[];
    expect(files.length).toBeGreaterThan(1);
    expect(files.length).toBeLessThanOrEqual(MAX_FILES);
    expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(MAX_BYTES);
  });

  it.each([
    [
      'module',
      `import { BaseMLService, MLServiceRegistry } from ${JSON.stringify(`file://${join(dist, 'index.js')}`)};`,
    ],
    ['commonjs', `const { BaseMLService, MLServiceRegistry } = require(${JSON.stringify(join(dist, 'index.cjs'))});`],
  ])('as %s loads nothing of Node that costs', (type, load) => {
    const modules = (script: string): string[] =>
      (JSON.parse(run([`--input-type=${type}`, '-e', `${script}\n${report(LOADED)}`])) as string[]).filter((name) =>
        HEAVY.test(name),
      );
    const empty = new Set(modules('0;'));
    expect(modules(`${load} ${register}`).filter((name) => !empty.has(name))).toEqual([]);
  });
});

describe('the built ES modules', () => {
  const entries = ['index.js', 'testing.js', 'cli.js', 'worker.js'];
  const built = readdirSync(dist).filter((file) => file.endsWith('.js'));

  it('name what they import later in a way that bundlers see, and nothing is left over', () => {
    expect(reached(entries, { later: true }).sort()).toEqual(built.sort());
  });

  it.each(['worker.js', 'cli.js'])('%s does not load the library before it is asked for', (entry) => {
    const files = reached([entry], { later: false });
    expect(files).not.toContain('core.js');
    expect(files).not.toContain('loading.js');
  });
});
