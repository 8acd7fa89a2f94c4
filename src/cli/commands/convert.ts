import type { ConvertedFile } from '../../service/convert-file.ts';
import type { CliCommand } from '../cli-command.ts';
import { LOADER_OPTIONS, readLoaderOptions } from '../loader-options.ts';

/** `convert`: makes a file loadable that no loader computes natively, ahead of time. */
export const convert: CliCommand<ConvertedFile> = {
  name: 'convert',
  summary: 'converts a model file that has no native way with Python, compares it, and keeps the result',
  usage: '<file>',
  options: [LOADER_OPTIONS],
  notes: `The file is judged first: what is unsafe is refused before Python starts. Packages are installed under
ML_CACHE_DIR (default ~/.cache/base-ml-service) unless ML_PYTHON names an interpreter that has them.`,
  async run({ args: [path = ''], options, out }) {
    const { convertFile } = await import('../../service/convert-file.ts');
    const { PythonConverter } = await import('../../sidecar/python-converter.ts');
    const { sidecarSettings } = await import('../../sidecar/sidecar-settings.ts');
    const onProgress = (text: string): void => out.progress(text);
    const settings = sidecarSettings({}, process.env);
    return convertFile(path, new PythonConverter(settings, { mayConvert: true, onProgress }), {
      loaderOptions: await readLoaderOptions(options),
    });
  },
  async print({ path, converted, report }, out) {
    if (!converted) {
      out.line(`${path} loads as it is; nothing was converted`, 'green');
      return;
    }
    out.line(`${path} was converted; it loads without Python from now on`, 'green');
    out.pairs(Object.entries(report ?? {}).map(([name, value]) => [name, textOf(value)]));
  },
};

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
