import { CATBOOST } from '../catboost/table.ts';
import { CATEGORY_ENCODERS } from '../category_encoders/table.ts';
import { FEATURE_ENGINE } from '../feature_engine/table.ts';
import { IMBLEARN } from '../imblearn/table.ts';
import { LIGHTGBM } from '../lightgbm/table.ts';
import { SKLEARN_PANDAS } from '../sklearn_pandas/table.ts';
import { XGBOOST } from '../xgboost/table.ts';
import type { EstimatorConstructor, EstimatorTable } from './base/estimator.ts';
import { CALIBRATION } from './calibration/table.ts';
import { CLUSTER } from './cluster/table.ts';
import { COMPOSE } from './compose/table.ts';
import { COVARIANCE } from './covariance/table.ts';
import { CROSS_DECOMPOSITION } from './cross_decomposition/table.ts';
import { DECOMPOSITION } from './decomposition/table.ts';
import { DISCRIMINANT_ANALYSIS } from './discriminant_analysis/table.ts';
import { DUMMY } from './dummy/table.ts';
import { ENSEMBLE } from './ensemble/table.ts';
import { FEATURE_EXTRACTION } from './feature_extraction/table.ts';
import { FEATURE_SELECTION } from './feature_selection/table.ts';
import { FROZEN } from './frozen/table.ts';
import { GAUSSIAN_PROCESS } from './gaussian_process/table.ts';
import { IMPUTE } from './impute/table.ts';
import { ISOTONIC } from './isotonic/table.ts';
import { KERNEL_APPROXIMATION } from './kernel_approximation/table.ts';
import { KERNEL_RIDGE } from './kernel_ridge/table.ts';
import { LINEAR_MODEL } from './linear_model/table.ts';
import { MANIFOLD } from './manifold/table.ts';
import { MIXTURE } from './mixture/table.ts';
import { MODEL_SELECTION } from './model_selection/table.ts';
import { MULTICLASS } from './multiclass/table.ts';
import { MULTIOUTPUT } from './multioutput/table.ts';
import { NAIVE_BAYES } from './naive_bayes/table.ts';
import { NEIGHBORS } from './neighbors/table.ts';
import { NEURAL_NETWORK } from './neural_network/table.ts';
import { PIPELINE } from './pipeline/table.ts';
import { PREPROCESSING } from './preprocessing/table.ts';
import { RANDOM_PROJECTION } from './random_projection/table.ts';
import { SEMI_SUPERVISED } from './semi_supervised/table.ts';
import { SVM } from './svm/table.ts';
import { TREE } from './tree/table.ts';

/** Every estimator that is computed natively, by public class name. */
export const ESTIMATORS: EstimatorTable = new Map<string, EstimatorConstructor>([
  ...CALIBRATION,
  ...CATBOOST,
  ...CATEGORY_ENCODERS,
  ...CLUSTER,
  ...COMPOSE,
  ...COVARIANCE,
  ...CROSS_DECOMPOSITION,
  ...DECOMPOSITION,
  ...DISCRIMINANT_ANALYSIS,
  ...DUMMY,
  ...ENSEMBLE,
  ...FEATURE_ENGINE,
  ...FEATURE_EXTRACTION,
  ...FEATURE_SELECTION,
  ...FROZEN,
  ...GAUSSIAN_PROCESS,
  ...IMBLEARN,
  ...IMPUTE,
  ...ISOTONIC,
  ...KERNEL_APPROXIMATION,
  ...KERNEL_RIDGE,
  ...LIGHTGBM,
  ...LINEAR_MODEL,
  ...MANIFOLD,
  ...MIXTURE,
  ...MODEL_SELECTION,
  ...MULTICLASS,
  ...MULTIOUTPUT,
  ...NAIVE_BAYES,
  ...NEIGHBORS,
  ...NEURAL_NETWORK,
  ...PIPELINE,
  ...PREPROCESSING,
  ...RANDOM_PROJECTION,
  ...SEMI_SUPERVISED,
  ...SKLEARN_PANDAS,
  ...SVM,
  ...TREE,
  ...XGBOOST,
]);
