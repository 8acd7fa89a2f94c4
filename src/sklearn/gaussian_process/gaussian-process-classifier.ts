import { classTask } from '../base/class-task.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/**
 * Of two classes one process; of more, one-vs-rest or one-vs-one of them, the latter without probabilities.
 *
 * Source: sklearn/gaussian_process/_gpc.py, `GaussianProcessClassifier`.
 */
export function gaussianProcessClassifier(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const { predict, predictProba, width, featureNames } = state.estimator('base_estimator_');
  return {
    className: state.className,
    task: classTask(classes),
    width: state.width ?? width,
    featureNames: state.featureNames ?? featureNames,
    classes,
    ...(predict !== undefined && { predict }),
    ...(predictProba !== undefined && { predictProba }),
  };
}
