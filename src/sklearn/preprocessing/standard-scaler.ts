import { CsrMatrix, type Dataset } from '../../data/dataset.ts';
import { checkWidth, mapValues } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { withoutInfinity } from './no-infinity.ts';

/**
 * `(x - mean_) / scale_`, each part where it was asked for, in float64; NaN stays NaN. Sparse input
 * stays sparse (scikit-learn then refuses `with_mean`, so do we).
 *
 * Source: sklearn/preprocessing/_data.py, `StandardScaler.transform`.
 */
export function standardScaler(state: EstimatorState): Estimator {
  state.requireFitted();
  const mean = state.booleanOr('with_mean', true) ? state.optionalVector('mean_') : undefined;
  const scale = state.booleanOr('with_std', true) ? state.optionalVector('scale_') : undefined;
  const { className } = state;
  const width = state.width ?? (mean ?? scale)?.length;
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform(x): Dataset {
      if (x.kind === 'csr') {
        checkWidth(x, width ?? x.cols, className);
        if (mean !== undefined) throw state.unsupported('centring sparse data (with_mean)');
        return scale === undefined ? x : scaleCsr(x, (value, j) => value / (scale[j] as number));
      }
      return mapValues(withoutInfinity(x, width ?? x.cols, className), (value, j) => {
        const centred = mean === undefined ? value : value - (mean[j] as number);
        return scale === undefined ? centred : centred / (scale[j] as number);
      });
    },
    inverseTransform(x): Dataset {
      return mapValues(withoutInfinity(x, width ?? x.cols, className), (value, j) => {
        const scaled = scale === undefined ? value : value * (scale[j] as number);
        return mean === undefined ? scaled : scaled + (mean[j] as number);
      });
    },
  };
}

function scaleCsr(x: CsrMatrix, f: (value: number, column: number) => number): CsrMatrix {
  const data = x.data.map((value, k) => f(value, x.indices[k] as number));
  return new CsrMatrix([x.rows, x.cols], { indptr: x.indptr, indices: x.indices, data });
}
