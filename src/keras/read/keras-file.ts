import type { LayerType } from '../graph/layer-type.ts';
import type { WeightLookup } from '../graph/layer-weights.ts';
import type { KerasGeneration, KerasLayer } from '../model/keras-layer.ts';

/** What Keras itself makes the model of. */
export interface KerasOriginal {
  /** The architecture as it stands in the file. */
  readonly text: string;
  /** An HDF5 file. */
  readonly weights: Uint8Array;
  /** Where weights are in it: by the place of their layer in the model, or in groups named after layers. */
  readonly layout: 'store' | 'groups';
}

/** A file with what it says of the architecture, not yet judged, and a way to its weights. */
export interface KerasFile {
  /** The configuration of the outermost model, as JSON gives it. */
  readonly document: unknown;
  readonly generation: KerasGeneration;
  /** As the file says it. */
  readonly version: string | undefined;
  /** What kind of file it is, for messages and `inspect`. */
  readonly kind: 'h5' | 'keras' | 'tfjs';
  /** Further texts of the file that could carry code, e.g. how it was compiled: looked at, never used. */
  readonly others: readonly unknown[];
  /** Absent where the architecture is not there as Keras wrote it, or where there is more than that and weights. */
  readonly original?: KerasOriginal | undefined;
  /**
   * Matches the weights with the architecture.
   *
   * @throws `ML_FORMAT_MALFORMED` where they do not fit
   */
  readonly weights: (model: KerasLayer, types: ReadonlyMap<string, LayerType>) => WeightLookup;
}

/** Which Keras a version is of; files that name none are of Keras 2 (TensorFlow.js). */
export function generationOf(version: string | undefined): KerasGeneration {
  return version !== undefined && Number.parseInt(version, 10) >= 3 ? 3 : 2;
}
