import type { ModelLoader } from '../../spec/model-loader.ts';
import { Booster } from '../../xgboost/booster.ts';
import { boosterEstimator } from '../../xgboost/booster-estimator.ts';
import { readBooster } from '../../xgboost/read-booster.ts';
import { estimatorModel } from '../../sklearn/base/estimator-model.ts';
import { withMetadataClasses } from '../../sklearn/base/metadata-classes.ts';
import { descriptor } from './xgboost-format.ts';

const CLASS_NAME = 'xgboost.Booster';

/** XGBoost model files, answering as `Booster.predict` does. Missing values are NaN. */
export const loader: ModelLoader = {
  ...descriptor,
  load(context) {
    context.phase('parse');
    const model = readBooster(context.artefact.bytes);
    context.phase('build');
    const booster = build(model);
    const columns = booster.outputs === 1 ? 2 : booster.outputs;
    return withMetadataClasses(estimatorModel(boosterEstimator(booster, CLASS_NAME), context), context, columns);
  },
  /** The format holds data only: what can be built was looked at whole, what cannot is an error that says why. */
  scan({ artefact }) {
    build(readBooster(artefact.bytes));
    return [];
  },
};

function build(model: ReturnType<typeof readBooster>): Booster {
  return new Booster(model, { className: CLASS_NAME, missing: Number.NaN, asWrapper: false });
}
