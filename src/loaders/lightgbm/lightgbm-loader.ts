import { FormatError } from '../../errors/format-error.ts';
import { Booster } from '../../lightgbm/booster.ts';
import { boosterEstimator } from '../../lightgbm/booster-estimator.ts';
import { readBoosterModel } from '../../lightgbm/booster-model.ts';
import { estimatorModel } from '../../sklearn/base/estimator-model.ts';
import { withMetadataClasses } from '../../sklearn/base/metadata-classes.ts';
import type { ModelLoader } from '../../spec/model-loader.ts';
import { descriptor } from './lightgbm-format.ts';

const CLASS_NAME = 'lightgbm.Booster';

/** LightGBM model files, answering as `Booster.predict` does. */
export const loader: ModelLoader = {
  ...descriptor,
  load(context) {
    context.phase('parse');
    const model = readBoosterModel(textOf(context.artefact.bytes));
    context.phase('build');
    const booster = build(model);
    const columns = booster.outputs === 1 ? 2 : booster.outputs;
    return withMetadataClasses(estimatorModel(boosterEstimator(booster, CLASS_NAME), context), context, columns);
  },
  /** The format holds data only: what can be built was looked at whole, what cannot is an error that says why. */
  scan({ artefact }) {
    build(readBoosterModel(textOf(artefact.bytes)));
    return [];
  },
};

function build(model: ReturnType<typeof readBoosterModel>): Booster {
  return new Booster(model, { className: CLASS_NAME, iterations: 0 });
}

function textOf(bytes: Uint8Array): string {
  try {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  } catch (error) {
    throw new FormatError('ML_FORMAT_LIMIT', `LightGBM model: ${bytes.length} bytes are more than a string can hold`, {
      cause: error,
    });
  }
}
