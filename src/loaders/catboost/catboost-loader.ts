import { bareModel } from '../../catboost/bare-model.ts';
import { Predictor } from '../../catboost/predictor.ts';
import { readModel } from '../../catboost/read-model.ts';
import { estimatorModel } from '../../sklearn/base/estimator-model.ts';
import type { Estimator } from '../../sklearn/base/estimator.ts';
import type { ModelLoader } from '../../spec/model-loader.ts';
import { descriptor } from './catboost-format.ts';

const CLASS_NAME = 'catboost.CatBoost';

/** CatBoost model files, answering as the Python class of their loss function does. */
export const loader: ModelLoader = {
  ...descriptor,
  load(context) {
    context.phase('parse');
    const model = readModel(context.artefact.bytes);
    context.phase('build');
    return estimatorModel(build(model), context);
  },
  /** The format holds data only: what can be built was looked at whole, what cannot is an error that says why. */
  scan({ artefact }) {
    build(readModel(artefact.bytes));
    return [];
  },
};

function build(model: ReturnType<typeof readModel>): Estimator {
  return bareModel(new Predictor(model, CLASS_NAME), CLASS_NAME);
}
