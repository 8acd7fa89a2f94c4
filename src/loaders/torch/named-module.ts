import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod/mini';
import { describe } from '../../data/rows.ts';
import { ConfigurationError } from '../../errors/configuration-error.ts';
import { FormatError } from '../../errors/format-error.ts';
import { memorySource } from '../../internal/memory-source.ts';
import type { ConversionNeed } from '../../spec/converter.ts';
import type { ConversionContext, LoadContext } from '../../spec/model-loader.ts';
import { statedInputs } from '../../torch/conversion/stated-inputs.ts';
import { torchContents } from '../../torch/state-dict/contents.ts';
import { readTorchFile } from '../../torch/state-dict/read-torch-file.ts';
import { descriptor } from './torch-format.ts';

/**
 * The class whose weights a file holds, in Python that the application trusts as its own code: `loaderOptions: { torch:
 * { module, inputs } }`. Neither a file nor its metadata can name one.
 */
export interface NamedModule {
  /** Path of a Python file, absolute or relative to the working directory. It may import PyTorch and what Python has. */
  readonly source: string;
  /** Name of a `torch.nn.Module` in it. */
  readonly class: string;
  /** Arguments of its constructor, as JSON has them. Default: none. */
  readonly args?: readonly unknown[] | undefined;
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
  /** Where in a checkpoint the weights are. Default: the whole file, `model_state_dict` or `state_dict`. */
  readonly prefix?: string | undefined;
}

const schema = z.strictObject({
  source: z.string().check(z.minLength(1)),
  class: z.string().check(z.regex(/^[A-Za-z_]\w*$/)),
  args: z.optional(z.array(z.json())),
  kwargs: z.optional(z.record(z.string(), z.json())),
  prefix: z.optional(z.string()),
});

/**
 * The module of the options.
 *
 * @throws `ML_OPTIONS_INVALID`
 */
function namedModule(options: LoadContext['options']): NamedModule | undefined {
  const { module } = options;
  if (module === undefined) return undefined;
  const result = schema.safeParse(module);
  if (result.success) return result.data;
  throw new ConfigurationError(
    'ML_OPTIONS_INVALID',
    `options.loaderOptions.torch.module must be { source, class, args?, kwargs?, prefix? }; got ${describe(module)}`,
    { details: { option: 'module', value: module } },
  );
}

/**
 * Says that a file's module is Python's, where the application named one.
 *
 * @throws `ML_FORMAT_UNSUPPORTED`, on which a converter is asked; `ML_OPTIONS_INVALID`
 */
export function leaveToPython({ options, artefact }: Pick<LoadContext, 'options' | 'artefact'>): void {
  const module = namedModule(options);
  if (module === undefined) return;
  throw new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `${artefact.name} holds weights of ${module.class} in ${module.source}, whose code only Python runs`,
  );
}

/**
 * What converting the file takes, where the application named its module.
 *
 * @throws `ML_FORMAT_*` for whole modules and whatever is no weights; `ML_OPTIONS_INVALID` without inputs or source
 */
export async function convertModule(context: ConversionContext): Promise<ConversionNeed | undefined> {
  const { artefact, limits, signal, options } = context;
  const module = namedModule(options);
  if (module === undefined) return undefined;
  torchContents(await readTorchFile(artefact.slices ?? memorySource(artefact.bytes), { limits, signal }));
  const inputs = statedInputs(options['inputs'], descriptor.name);
  if (inputs === undefined) {
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      'options.loaderOptions.torch.inputs must say what the module takes, e.g. [{ "shape": ["batch", 3] }]',
      { details: { option: 'inputs' } },
    );
  }
  const code = await sourceOf(module.source);
  const settings = { module: { ...module, source: basename(module.source), code }, inputs };
  return { framework: 'torch', version: undefined, names: [], form: 'module', settings };
}

async function sourceOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `options.loaderOptions.torch.module.source: ${path} cannot be read (${(cause as Error).message})`,
      { cause, details: { option: 'module.source', value: path } },
    );
  }
}
