import type { Label } from '../../spec/model.ts';
import { classTask } from '../base/class-task.ts';
import { matrixOfColumns } from '../base/columns-matrix.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { nearestRows } from '../base/pairwise-distances.ts';
import { binaryScores } from './binary-scores.ts';

/**
 * The class whose row of `code_book_` is nearest to the members' scores, the first of equals.
 *
 * Source: sklearn/multiclass.py, `OutputCodeClassifier`.
 */
export function outputCodeClassifier(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const codes = state.matrix('code_book_');
  const estimators = state.estimators('estimators_');
  if (codes.rows !== classes.length || codes.cols !== estimators.length)
    throw state.unsupported('a code book that does not fit its members');
  const members = estimators.map((estimator) => binaryScores(state, estimator));
  const sized = estimators.find((estimator) => estimator.width !== undefined);
  return {
    className: state.className,
    task: classTask(classes),
    width: state.width ?? sized?.width,
    featureNames: state.featureNames ?? sized?.featureNames,
    classes,
    predict(x) {
      const scores = matrixOfColumns(
        members.map((member) => member.scores(x)),
        x.rows,
      );
      return Array.from(nearestRows(scores, codes), (index) => classes[index] as Label);
    },
  };
}
