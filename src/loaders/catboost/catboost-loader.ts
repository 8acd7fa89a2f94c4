import { bareModel } from '../../catboost/bare-model.ts';
import { Predictor } from '../../catboost/predictor.ts';
import { readModel } from '../../catboost/read-model.ts';
import { estimatorModel } from '../../sklearn/base/estimator-model.ts';
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
    return estimatorModel(bareModel(new Predictor(model, CLASS_NAME), CLASS_NAME), context);
  },
  /** The format holds data only: what can be built was looked at whole, what cannot is an error that says why. */
  scan({ artefact }) {
    new Predictor(readModel(artefact.bytes), CLASS_NAME);
    return [];
  },
};
