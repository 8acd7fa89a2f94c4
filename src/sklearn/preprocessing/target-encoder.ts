import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { vectorIn } from '../base/vector-in.ts';
import { encoderColumns, visitCategories } from './encoder-columns.ts';

/**
 * Each category as the shrunk mean of the target that was learned for it, one column per class for
 * multi-class targets; unknown values are the mean of all.
 *
 * Source: sklearn/preprocessing/_target_encoder.py, `TargetEncoder.transform`.
 */
export function targetEncoder(state: EstimatorState): Estimator {
  const columns = encoderColumns(state);
  const multiclass = state.string('target_type_') === 'multiclass';
  const outputs = multiclass ? state.labels('classes_').length : 1;
  const means = state.vector('target_mean_');
  const encodings = state.items('encodings_').map((item, k) => vectorIn(state, item, `encodings_[${k}]`));
  const { className, featureNames } = state;
  return {
    className,
    task: 'transformation',
    width: columns.length,
    featureNames,
    transform(x): Dataset {
      const out = new DenseMatrix(x.rows, encodings.length);
      const visit = (i: number, j: number, position: number): void => {
        for (let k = 0; k < outputs; k++) {
          const at = j * outputs + k;
          out.data[i * out.cols + at] = (position < 0 ? means[k] : encodings[at]?.[position]) as number;
        }
      };
      visitCategories(x, columns, { className, featureNames, refuseUnknown: false }, visit);
      return out;
    },
  };
}
