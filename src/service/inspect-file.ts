import { decryptArtefact } from '../access/encryption/decrypt-artefact.ts';
import { openArtefact } from '../repository/artefact-reader.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { CallOptions } from '../spec/model.ts';
import type { Inspection } from '../spec/model-loader.ts';
import { loadModel } from './load-model.ts';
import { configure } from './registry-config.ts';
import type { RegistryOptions } from './registry-options.ts';

/** Options of `inspectFile`; each as in `RegistryOptions`. */
export interface InspectOptions
  extends Pick<CallOptions, 'signal'>,
    Pick<RegistryOptions, 'loaders' | 'loaderOptions' | 'limits' | 'encryption'> {}

/** What a file is and what it holds. */
export interface FileInspection extends Inspection {
  /** As given by the caller. */
  readonly path: string;
  readonly kind: Artefact['kind'];
  /** Name of the loader that reads it. */
  readonly format: string;
  /** Bytes on disk. */
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** A sentence, where the extension belongs to another format than the content. */
  readonly mismatch: string | undefined;
}

/** See `inspectFile` in `lazy.ts`. */
export async function inspectFile(path: string, options: InspectOptions = {}): Promise<FileInspection> {
  const { signal = new AbortController().signal, ...rest } = options;
  const { loaders, loaderOptions, limits, converter, encryption } = configure(rest);
  const stored = await openArtefact(undefined, path, {
    maxBytes: limits.maxModelBytes,
    signal,
    mayStayOpen: (content) => loaders.mayStayOpen(content),
  });
  const artefact = await decryptArtefact(stored, encryption);
  try {
    const { loader, mismatch } = await loaders.find(artefact);
    const inspection =
      loader.inspect === undefined
        ? await describeLoaded(path, options)
        : await loader.inspect({ artefact, limits, signal });
    const { kind, size, slices } = stored;
    const sha256 = slices === undefined ? artefact.sha256 : await slices.digest('sha256', signal);
    const asked = { artefact, limits, signal, options: loaderOptions[loader.name] ?? {}, metadata: undefined };
    const need = await loader.conversion?.(asked);
    const request = { artefact, metadata: undefined, limits, signal, warn: () => undefined };
    const kept =
      need === undefined || artefact.encrypted === true
        ? undefined
        : await (await converter()).kept({ ...request, need });
    const details = { ...inspection.details, ...(kept !== undefined && { conversion: kept.report }) };
    return { ...inspection, details, path, kind, format: loader.name, bytes: size, sha256, mismatch };
  } finally {
    await artefact.slices?.close();
  }
}

async function describeLoaded(path: string, options: InspectOptions): Promise<Inspection> {
  const model = await loadModel(path, options);
  try {
    const { task, engine, inputs, outputs, classes, featureNames } = model.info;
    const details = { methods: model.methods, ...(model.parts.length > 0 && { parts: model.parts }) };
    return { task, engine, inputs, outputs, classes, featureNames, details };
  } finally {
    await model.dispose();
  }
}
