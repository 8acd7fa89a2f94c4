import type { LoaderMatch } from '../loaders/loader-registry.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ConvertedInput } from '../spec/converter.ts';
import type { ModelMetadata } from '../spec/metadata.ts';

/** What a loader is given for a model: its file, or what a converter made of it. */
export interface Loadable {
  readonly artefact: Artefact;
  readonly match: LoaderMatch;
  readonly metadata: ModelMetadata | undefined;
  /** What rows a converted estimator takes; absent for files, and for networks. */
  readonly guard: ConvertedInput | undefined;
  /** Whether the artefact's memory is nobody else's. */
  readonly fresh: boolean;
}

/**
 * What is loaded of the model's file, which was opened and proved before. Asked again with the file each time that the
 * model is loaded again: where it is moved, and where its worker is started again.
 */
export type LoadableOf = (source: Artefact, signal: AbortSignal) => Promise<Loadable>;
