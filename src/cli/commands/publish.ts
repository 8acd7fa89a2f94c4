import { readFile } from 'node:fs/promises';
import type { ModelArea, PublishedModel } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';
import { readSamples } from '../read-rows.ts';
import { humanBytes } from '../text.ts';
import { textOption } from '../text-option.ts';

const AREAS: readonly ModelArea[] = ['trained', 'preprocessing', 'checkpoints'];

/** `publish`: puts a file into the models directory. */
export const publish: CliCommand<PublishedModel> = {
  name: 'publish',
  summary: 'judges a model file or folder and puts it into the models directory with its metadata',
  usage: '<file>',
  options: [
    { flags: '--name <name>', summary: 'default: as the metadata says, else as the file is called' },
    {
      flags: '--as <version>',
      summary: 'v2, 1.4.0, or: major, minor, patch (default: as the file is called, else minor)',
    },
    { flags: '--date <date>', summary: 'YYYYMMDD (default: as the file is called, else today)' },
    { flags: '--area <area>', summary: 'default: trained', choices: AREAS },
    { flags: '--metadata <file>', summary: 'JSON with fields of the metadata, e.g. what the training script wrote' },
    { flags: '--description <text>', summary: 'what the model is for' },
    { flags: '--trained-on <text>', summary: 'the data set' },
    { flags: '--metrics <json>', summary: 'e.g. {"accuracy":0.95}' },
    { flags: '--training-script <file>', summary: 'a copy goes to training/' },
    { flags: '--samples <file>', summary: 'rows to ask it with, JSON or CSV, with expected answers where known' },
    { flags: '--no-load', summary: 'only scan the file, do not load it' },
    { flags: '--dry-run', summary: 'everything but the writing' },
  ],
  notes: `A published version is never overwritten. Readers see the file with its metadata, or nothing of it.
Exit code 3 where the file is not safe, does not load, or the version is there already.`,
  async run({ args: [file = ''], options, modelsDir, out }) {
    const { publishModel } = await import('../../index.ts');
    const text = (name: string): string | undefined => textOption(options, name);
    const name = text('name');
    const version = text('as');
    const date = text('date');
    const script = text('trainingScript');
    const samples = text('samples');
    const metadata = {
      ...(await jsonFile(text('metadata'))),
      ...(text('description') !== undefined && { description: text('description') }),
      ...(text('trainedOn') !== undefined && { trained_on: text('trainedOn') }),
      ...(text('metrics') !== undefined && { metrics: await json(text('metrics') ?? '', '--metrics') }),
    };
    return publishModel(file, {
      ...(modelsDir !== undefined && { modelsDir }),
      ...(name !== undefined && { name }),
      ...(version !== undefined && { version }),
      ...(date !== undefined && { date }),
      ...(script !== undefined && { trainingScript: script }),
      ...(samples !== undefined && { samples: await readSamples(samples) }),
      area: AREAS.find((area) => area === options['area']) ?? 'trained',
      metadata,
      load: options['load'] !== false,
      dryRun: options['dryRun'] === true,
      onProgress: ({ phase, bytesDone, bytesTotal }) =>
        out.progress(
          phase === 'copy' ? `copied ${humanBytes(bytesDone)} of ${humanBytes(bytesTotal)}` : `${phase} ${file}`,
        ),
    });
  },
  async print({ id, name, version, bytes, checksum, files, metadata, worst, dryRun }, out) {
    out.line(`${name} ${version} ${dryRun ? 'would be' : 'is'} published as ${id}`, 'green');
    const requirements = metadata.extra['requirements'];
    out.pairs([
      ['size', humanBytes(bytes)],
      ['checksum', checksum],
      ...(metadata.algorithm === undefined ? [] : [['algorithm', metadata.algorithm] as const]),
      ...(metadata.framework === undefined
        ? []
        : [['framework', [metadata.framework, metadata.framework_version].filter(Boolean).join(' ')] as const]),
      ...(Array.isArray(requirements) ? [['requirements', requirements.join(', ')] as const] : []),
      ...(metadata.samples === undefined ? [] : [['samples', String(metadata.samples.rows.length)] as const]),
      ...(worst === undefined ? [] : [['difference', `${worst} at most from what was expected`] as const]),
      ['files', files.join(', ')],
    ]);
  },
};

async function jsonFile(path: string | undefined): Promise<Record<string, unknown>> {
  if (path === undefined) return {};
  const { ConfigurationError } = await import('../../index.ts');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new ConfigurationError('ML_OPTIONS_INVALID', `${path} cannot be read: ${String(error)}`, { cause: error });
  });
  return json(text, path);
}

async function json(text: string, source: string): Promise<Record<string, unknown>> {
  const { ConfigurationError } = await import('../../index.ts');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new ConfigurationError('ML_OPTIONS_INVALID', `${source} is no JSON: ${String(error)}`, { cause: error });
  }
  throw new ConfigurationError('ML_OPTIONS_INVALID', `${source} must be a JSON object`);
}
