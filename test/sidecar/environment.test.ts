import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { environmentFolder, readyEnvironment, setUpEnvironment } from '../../src/sidecar/environment.ts';
import { lockedFrameworks, lockFileFor, lockFilesOf } from '../../src/sidecar/lock-file.ts';
import { sidecarSettings } from '../../src/sidecar/sidecar-settings.ts';
import { pythonAtHand } from './python-at-hand.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PATH = process.env['PATH'];
const PYTHON = pythonAtHand();

afterEach(() => {
  process.env['PATH'] = PATH;
});

describe('lock files', () => {
  it('pin every package by hash, and name no place', async () => {
    const { readFileSync } = await import('node:fs');
    expect(lockFilesOf('scikit-learn').map(({ name }) => name)).toEqual([
      'sklearn-1.2.2',
      'sklearn-1.5.2',
      'sklearn-1.9.1',
    ]);
    expect(lockFilesOf('no such framework')).toEqual([]);
    for (const { path, version, packages } of lockedFrameworks().flatMap(lockFilesOf)) {
      const text = readFileSync(path, 'utf8');
      expect(text).toContain(`${packages[0]}==${version} `);
      expect(text).not.toMatch(/https?:|--index|file:/);
      for (const block of text.split(/\n(?=\S)/)) expect(block).toMatch(/^\S+==\S+ [\s\S]*--hash=sha256:[0-9a-f]{64}/);
    }
  });

  it('are chosen by the version that wrote the file', () => {
    expect(lockFileFor('scikit-learn', '1.5.0').name).toBe('sklearn-1.5.2');
    expect(lockFileFor('scikit-learn', '1.9.1').name).toBe('sklearn-1.9.1');
    for (const version of ['1.4.0', '2.15.0', undefined])
      expect(lockFileFor('torch', version).name).toBe('torch-2.15.0');
    for (const version of ['1.50.0', '0.23.2', '1', '', undefined]) {
      expect(() => lockFileFor('scikit-learn', version)).toThrow(
        expect.objectContaining({
          code: 'ML_SIDECAR_NO_PYTHON',
          message: expect.stringContaining('sklearn-1.2.2, sklearn-1.5.2, sklearn-1.9.1') as string,
        }),
      );
    }
  });
});

describe('settings', () => {
  it('are those of the options, then of the environment', () => {
    expect(sidecarSettings({}, {})).toMatchObject({ mode: 'off', python: undefined, sandbox: 'best-effort' });
    const env = { ML_SIDECAR: 'auto', ML_PYTHON: '/a/python', ML_CACHE_DIR: '/b' };
    expect(sidecarSettings({}, env)).toMatchObject({ mode: 'auto', python: '/a/python', cacheDir: '/b' });
    expect(sidecarSettings({ mode: 'off', cacheDir: '/c' }, env)).toMatchObject({ mode: 'off', cacheDir: '/c' });
    expect(() => sidecarSettings({}, { ML_SIDECAR: 'yes' })).toThrow(
      expect.objectContaining({ code: 'ML_ENV_INVALID' }),
    );
  });
});

describe.runIf(PYTHON !== undefined && process.platform !== 'win32')('setting up', () => {
  const lock = { ...lockFileFor('scikit-learn', '1.9.1'), python: [8, 99] as const };

  /** A machine whose uv does this. */
  async function machine(uv: string): Promise<{ cacheDir: string; options: Parameters<typeof setUpEnvironment>[1] }> {
    const folder = await temporaryFolder();
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'uv'), `#!/bin/sh\n${uv}\n`);
    await chmod(join(bin, 'uv'), 0o700);
    process.env['PATH'] = `${bin}${delimiter}${PATH}`;
    const cacheDir = join(folder, 'cache');
    const signal = new AbortController().signal;
    return { cacheDir, options: { cacheDir, signal, onProgress: () => undefined } };
  }

  it('that fails leaves nothing behind', async () => {
    const { cacheDir, options } = await machine('[ "$1" = --version ] && exit 0; echo "no route to host" >&2; exit 2');
    await expect(setUpEnvironment(lock, options)).rejects.toMatchObject({
      code: 'ML_SIDECAR_SETUP',
      retryable: true,
      message: expect.stringContaining('no route to host') as string,
    });
    expect(await readdir(join(cacheDir, 'python'))).toEqual([]);
    expect(readyEnvironment(cacheDir, lock)).toBeUndefined();
  });

  it('that installs something else is noticed', async () => {
    const { cacheDir, options } = await machine(
      `[ "$1" = venv ] || exit 0; for last; do :; done; mkdir -p "$last/bin"; ln -s '${PYTHON}' "$last/bin/python"`,
    );
    // What an installation that was killed left behind goes first.
    await mkdir(join(environmentFolder(cacheDir, lock), 'bin'), { recursive: true });
    await expect(setUpEnvironment(lock, options)).rejects.toMatchObject({
      code: 'ML_SIDECAR_SETUP',
      message: expect.stringContaining('has not what was installed') as string,
    });
    expect(readyEnvironment(cacheDir, lock)).toBeUndefined();
  });

  it('without a Python of the right version says which is needed', async () => {
    const { options } = await machine('exit 0');
    await expect(setUpEnvironment({ ...lock, python: [2, 3] }, options)).rejects.toMatchObject({
      code: 'ML_SIDECAR_NO_PYTHON',
      message: expect.stringMatching(/need Python 3\.2 to 3\.3; found only 3\.\d+/) as string,
    });
  });

  it('into a folder that cannot be made is a typed error', async () => {
    const { options } = await machine('exit 0');
    const file = join(options.cacheDir, '..', 'file');
    await writeFile(file, '');
    await expect(setUpEnvironment(lock, { ...options, cacheDir: file })).rejects.toMatchObject({
      code: 'ML_SIDECAR_SETUP',
      message: expect.stringContaining('ML_CACHE_DIR') as string,
    });
  });
});
