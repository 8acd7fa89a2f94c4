import { FormatError } from '../errors/format-error.ts';
import type { MLServiceError } from '../errors/ml-service-error.ts';
import { bytesArtefact } from '../repository/artefact-reader.ts';
import type { Conversion, NotConverted } from '../spec/converter.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { LoadContext, ModelLoader } from '../spec/model-loader.ts';
import type { BuildSettings } from './build-model.ts';
import type { Loadable } from './loadable.ts';

/** A file that its loader judged safe and cannot compute. */
export interface Unsupported {
  readonly loader: ModelLoader;
  readonly context: Pick<LoadContext, 'artefact' | 'metadata' | 'signal' | 'warn'>;
  /** What the loader said. */
  readonly reason: MLServiceError;
}

/**
 * What a converter makes of the file. It is read, judged and built as any other file.
 *
 * @throws the loader's own error where nothing was converted, with what to do; what converting raises
 */
export async function convertInstead(
  settings: Pick<BuildSettings, 'converter' | 'loaders' | 'loaderOptions' | 'limits'>,
  { loader, context, reason }: Unsupported,
): Promise<Loadable> {
  const { artefact, metadata, signal, warn } = context;
  const { limits } = settings;
  const options = settings.loaderOptions[loader.name] ?? {};
  const need = await loader.conversion?.({ artefact, limits, signal, options, metadata });
  if (need === undefined) throw reason;
  // A converter keeps what it makes, on a disk.
  if (artefact.encrypted === true)
    throw withAdvice(reason, {
      why: 'The file is encrypted, and what a conversion gives would lie on disk in the clear',
    });
  const converter = await settings.converter();
  const converted = await converter.convert({ artefact, need, metadata, limits, signal, warn });
  if (isRefusal(converted)) throw withAdvice(reason, converted);
  const { name, bytes, input } = converted;
  const made = bytesArtefact(name, bytes);
  return {
    artefact: made,
    match: await settings.loaders.match(made),
    metadata: withFeatures(metadata, input?.features),
    guard: input,
    fresh: true,
  };
}

/** What the converted file has lost of the original, unless the metadata says it. */
function withFeatures(
  metadata: ModelMetadata | undefined,
  features: readonly string[] | undefined,
): ModelMetadata | undefined {
  if (features === undefined || metadata?.features !== undefined) return metadata;
  return { name: '', version: '', extra: {}, ...metadata, features };
}

function isRefusal(converted: Conversion | NotConverted): converted is NotConverted {
  return 'why' in converted;
}

function withAdvice(reason: MLServiceError, { why }: NotConverted): FormatError {
  return new FormatError('ML_FORMAT_UNSUPPORTED', `${reason.message}. ${why}`, {
    details: reason.details,
    cause: reason,
  });
}
