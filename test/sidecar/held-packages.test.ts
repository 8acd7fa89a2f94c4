import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { loadModel } from '../../src/index.ts';
import { heldPackages } from '../../src/sidecar/held-packages.ts';
import { packagesOf } from '../../src/sidecar/lock-file.ts';
import { sklearnPython } from './sklearn-python.ts';

const PYTHON = sklearnPython();
const FILE = fileURLToPath(new URL('files/one_class.pkl', import.meta.url));
const PATH = process.env['PATH'];
afterEach(() => {
  process.env['PATH'] = PATH;
});

/** Files by path, each with its text, in a folder that is removed after the test. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sidecar-held-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    chmodSync(join(folder, path), 0o755);
  }
  return folder;
}

const installed = (folder: string, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`${folder}/${name}/METADATA`, '']));

describe('what an interpreter holds is found without starting it', () => {
  it('in a virtual environment', async () => {
    const site = 'env/lib/python3.11/site-packages';
    const folder = folderOf({
      'env/bin/python': '',
      'env/pyvenv.cfg': 'home = /nowhere/bin\nversion = 3.11.7\n',
      ...installed(site, 'Scikit_Learn-1.5.2.dist-info', 'numpy-2.1.0.dist-info', 'other-1.0.dist-info', 'numpy'),
      // Of a Python that the environment had before.
      ...installed('env/lib/python3.9/site-packages', 'numpy-1.0.dist-info'),
    });
    const python = join(folder, 'env/bin/python');
    expect(await heldPackages(python, ['scikit-learn', 'numpy'])).toBe(
      'python3.11 scikit-learn==1.5.2 python3.11 numpy==2.1.0',
    );
    expect(await heldPackages(python, ['scikit-learn', 'onnx'])).toBeUndefined();
    expect(await heldPackages(python, [])).toBeUndefined();
  });

  it('in an environment that also sees the packages below it, in an installation, and as Debian has it', async () => {
    const folder = folderOf({
      'base/bin/python3.12': '',
      ...installed('base/lib/python3.12/site-packages', 'numpy-2.1.0-py3.12.egg-info'),
      ...installed('base/local/lib/python3.12/dist-packages', 'onnx-1.20.dist-info'),
      ...installed('base/lib/python3/dist-packages', 'joblib-1.6.0.dist-info'),
      ...installed('env/lib/python3.12/site-packages', 'numpy-2.2.0.dist-info'),
    });
    const base = join(folder, 'base/bin/python3.12');
    const told = 'python3.12 onnx==1.20 python3.12 numpy==2.1.0 python joblib==1.6.0';
    expect(await heldPackages(base, ['joblib', 'numpy', 'onnx'])).toBe(told);
    mkdirSync(join(folder, 'env/bin'));
    symlinkSync(base, join(folder, 'env/bin/python'));
    symlinkSync(base, join(folder, 'base/bin/python'));
    const env = join(folder, 'env/bin/python');
    const config = `home = ${join(folder, 'base/bin')}\nversion_info = 3.12.1.final.0\n`;
    writeFileSync(join(folder, 'env/pyvenv.cfg'), `${config}include-system-site-packages = false\n`);
    expect(await heldPackages(env, ['numpy'])).toBe('python3.12 numpy==2.2.0');
    expect(await heldPackages(env, ['numpy', 'onnx'])).toBeUndefined();
    writeFileSync(join(folder, 'env/pyvenv.cfg'), `${config}include-system-site-packages = true\n`);
    expect(await heldPackages(env, ['numpy', 'onnx'])).toBe(
      'python3.12 numpy==2.2.0 python3.12 onnx==1.20 python3.12 numpy==2.1.0',
    );
  });

  it('by its name on the path, and not where there is none, or one of an unknown layout', async () => {
    const folder = folderOf({
      'bin/python': '',
      ...installed('lib/python3.12/site-packages', 'numpy-2.1.0.dist-info'),
      'shims/python': '#!/bin/sh',
    });
    process.env['PATH'] = `${join(folder, 'bin')}${delimiter}${PATH}`;
    expect(await heldPackages('python', ['numpy'])).toBe('python3.12 numpy==2.1.0');
    // Which of two it is, its name does not say.
    mkdirSync(join(folder, 'lib/python3.13/site-packages'), { recursive: true });
    expect(await heldPackages('python', ['numpy'])).toBeUndefined();
    for (const python of ['shims/python', 'none/python', 'lib']) {
      expect(await heldPackages(join(folder, python), ['numpy'])).toBeUndefined();
    }
  });

  it('whatever the spelling of names and versions', async () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}([_.-][a-z][a-z0-9]{0,3}){0,2}$/);
    const version = fc.stringMatching(/^\d{1,3}(\.\d{1,2}){0,3}(rc\d|\+cpu)?$/);
    await fc.assert(
      fc.asyncProperty(name, version, fc.constantFrom('_', '.', '-'), async (package_, number, joint) => {
        const folder = mkdtempSync(join(tmpdir(), 'sidecar-held-'));
        const entry = `${package_.replace(/[_.-]/g, joint)}-${number}.dist-info`;
        mkdirSync(join(folder, 'lib/python3.11/site-packages', entry), { recursive: true });
        mkdirSync(join(folder, 'bin'));
        writeFileSync(join(folder, 'bin/python3.11'), '');
        const held = await heldPackages(join(folder, 'bin/python3.11'), [package_.toUpperCase()]);
        rmSync(folder, { recursive: true });
        expect(held).toBe(`python3.11 ${package_.replace(/[_.-]/g, '-')}==${number}`);
      }),
      { numRuns: 50 },
    );
  });

  it.runIf(PYTHON !== undefined)('as Python itself says', async () => {
    const packages = packagesOf('scikit-learn');
    const question = `import importlib.metadata as m, json, sys; print(json.dumps([m.version(p) for p in sys.argv[1:]]))`;
    const { stdout } = spawnSync(PYTHON ?? '', ['-I', '-c', question, ...packages], { encoding: 'utf8' });
    const versions = JSON.parse(stdout) as string[];
    const held = (await heldPackages(PYTHON ?? '', packages))?.match(/\S+==\S+/g) ?? [];
    expect(held.sort()).toEqual(packages.map((name, i) => `${name}==${versions[i]}`).sort());
  });
});

describe.runIf(PYTHON !== undefined)("a conversion by an interpreter of one's own", { timeout: 240_000 }, () => {
  /** An environment with the packages of another one, whose versions can be renamed. */
  function environment(): { readonly folder: string; readonly site: string; readonly python: string } {
    const folder = folderOf({});
    const original = dirname(dirname(PYTHON ?? ''));
    const library = readdirSync(join(original, 'lib')).find((name) => name.startsWith('python3.')) ?? '';
    const site = join(folder, 'env/lib', library, 'site-packages');
    mkdirSync(site, { recursive: true });
    mkdirSync(join(folder, 'env/bin'));
    for (const name of readdirSync(join(original, 'lib', library, 'site-packages'))) {
      symlinkSync(join(original, 'lib', library, 'site-packages', name), join(site, name));
    }
    const { stdout } = spawnSync(PYTHON ?? '', ['-I', '-c', 'import sys; print(sys._base_executable)'], {
      encoding: 'utf8',
    });
    symlinkSync(stdout.trim(), join(folder, 'env/bin/python'));
    writeFileSync(join(folder, 'env/pyvenv.cfg'), `home = ${dirname(stdout.trim())}\n`);
    return { folder, site, python: join(folder, 'env/bin/python') };
  }

  it('is not used with other packages, is used with the same ones again, and where there is no interpreter', async () => {
    const { folder, site, python } = environment();
    const cacheDir = join(folder, 'cache');
    const load = async (mode: 'off' | 'auto', change: object = {}): Promise<number[]> => {
      const model = await loadModel(FILE, { sidecar: { mode, python, cacheDir, ...change } });
      const found = Array.from(await model.predict([[5, 5, 5]]), Number);
      await model.dispose();
      return found;
    };
    const refused = { code: 'ML_FORMAT_UNSUPPORTED' };
    expect(await load('auto')).toEqual([1]);
    expect(await load('off')).toEqual([1]);
    const conversions = (): string[] => readdirSync(join(cacheDir, 'conversions')).sort();
    // The conversion, and what finds it where the interpreter is not.
    expect(conversions()).toHaveLength(2);

    const version = readdirSync(site).find((name) => /^skl2onnx-.*dist-info$/.test(name)) ?? '';
    const other = `skl2onnx-0.0.1.dist-info`;
    renameSync(join(site, version), join(site, other));
    await expect(load('off')).rejects.toMatchObject(refused);
    // What does not matter to a conversion does not count.
    renameSync(join(site, other), join(site, version));
    mkdirSync(join(site, 'unrelated-1.0.dist-info'));
    expect(await load('off')).toEqual([1]);
    renameSync(join(site, version), join(site, other));
    expect(await load('auto')).toEqual([1]);
    expect(conversions()).toHaveLength(3);

    // An image that has the folder of conversions alone.
    rmSync(join(folder, 'env'), { recursive: true });
    expect(await load('off')).toEqual([1]);
    await expect(load('off', { python: join(folder, 'elsewhere/python') })).rejects.toMatchObject(refused);
    // With an interpreter that holds nothing.
    mkdirSync(join(folder, 'env/bin'), { recursive: true });
    writeFileSync(python, '');
    expect(await load('off')).toEqual([1]);
  });
});
