import { findingOf } from '../../errors/finding-of.ts';
import type { Limits } from '../../spec/limits.ts';
import type { Finding } from '../../spec/scan.ts';
import { LAYER_TYPES } from '../layers/layer-types.ts';
import type { KerasFile } from '../read/keras-file.ts';
import { parseModel } from '../read/parse-model.ts';

/** Everything that loading would refuse in an architecture and its weights. */
export function scanKeras(file: KerasFile, limits: Limits): readonly Finding[] {
  try {
    const { model, problems } = parseModel(file, LAYER_TYPES, limits.maxNesting);
    if (problems.length > 0) return problems.map(findingOf);
    file.weights(model, LAYER_TYPES);
    return [];
  } catch (error) {
    return [findingOf(error)];
  }
}
