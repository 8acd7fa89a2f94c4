import type { LockFile } from '../../sidecar/lock-file.ts';
import type { CliCall, CliCommand } from '../cli-command.ts';
import { LOADER_OPTIONS, readLoaderOptions } from '../loader-options.ts';

/** One environment of the sidecar. */
interface Environment {
  /** Name of its lock file. */
  readonly name: string;
  /** Path of its interpreter. */
  readonly python: string;
}

/** `python setup`: installs what conversions need, ahead of time, e.g. while an image is built. */
export const python: CliCommand<readonly Environment[]> = {
  name: 'python',
  summary: 'setup: installs the Python packages that conversions need, under ML_CACHE_DIR',
  usage: '<action>',
  options: [
    { flags: '--for <file>', summary: 'only those that this model file needs' },
    LOADER_OPTIONS,
    {
      flags: '--framework <name>',
      summary: 'those of one framework (default: scikit-learn; others take gigabytes)',
      choices: ['scikit-learn', 'torch', 'tensorflow'],
    },
  ],
  notes: `The packages are those of lock files that come with the library, compared with their hashes. uv is used where
it is installed, else pip. An environment that is there already stays as it is.`,
  async run({ args: [action], options, out }) {
    const { ConfigurationError } = await import('../../errors/configuration-error.ts');
    if (action !== 'setup') {
      throw new ConfigurationError('ML_OPTIONS_INVALID', `python takes the action setup, got "${action}"`);
    }
    const { lockFilesOf } = await import('../../sidecar/lock-file.ts');
    const { setUpEnvironment } = await import('../../sidecar/environment.ts');
    const { sidecarSettings } = await import('../../sidecar/sidecar-settings.ts');
    const { signal } = new AbortController();
    const { cacheDir } = sidecarSettings({}, process.env);
    const onProgress = (text: string): void => out.progress(text);
    const { for: file, framework = 'scikit-learn' } = options;
    const wanted = typeof file === 'string' ? lockFor(file, options, signal) : lockFilesOf(String(framework));
    const environments: Environment[] = [];
    for (const lock of await wanted) {
      const path = await setUpEnvironment(lock, { cacheDir, signal, onProgress });
      environments.push({ name: lock.name, python: path });
    }
    return environments;
  },
  async print(environments, out) {
    await out.table(
      ['PACKAGES', 'PYTHON'],
      environments.map(({ name, python }) => [name, python]),
    );
  },
};

async function lockFor(file: string, options: CliCall['options'], signal: AbortSignal): Promise<LockFile[]> {
  const { FormatError } = await import('../../errors/format-error.ts');
  const { configure } = await import('../../service/registry-config.ts');
  const { neededConversion } = await import('../../service/needed-conversion.ts');
  const { lockFileFor } = await import('../../sidecar/lock-file.ts');
  const { need } = await neededConversion(file, configure({ loaderOptions: await readLoaderOptions(options) }), signal);
  if (need !== undefined) return [lockFileFor(need.framework, need.version)];
  throw new FormatError('ML_FORMAT_UNSUPPORTED', `${file} is of no kind that Python converts`);
}
