import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { toCsr } from '../../data/stack-columns.ts';
import { InputError } from '../../errors/input-error.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { type MissingTest, missingTest } from './missing-value.ts';

/** 1 where a value of one of some features is missing, else 0; `[rows, features.length]`. */
export function missingMask(x: Dataset, features: Int32Array, missing: MissingTest): DenseMatrix {
  const { rows } = x;
  const out = new DenseMatrix(rows, features.length);
  for (let k = 0; k < features.length; k++) {
    const j = features[k] as number;
    const objects = x.kind === 'frame' ? x.objects[j] : undefined;
    for (let i = 0; i < rows; i++) {
      const value = objects === undefined ? numberAt(x, i, j) : objects[i];
      if (missing(value)) out.data[i * features.length + k] = 1;
    }
  }
  return out;
}

function numberAt(x: Dataset, i: number, j: number): number {
  if (x.kind === 'frame') return x.numbers[j * x.rows + i] as number;
  if (x.kind === 'dense') return x.data[i * x.cols + j] as number;
  let sum = 0;
  for (let at = x.indptr[i] as number; at < (x.indptr[i + 1] as number); at++) {
    if (x.indices[at] === j) sum += x.data[at] as number;
  }
  return sum;
}

/**
 * Which values of the features in `features_` are missing, as 1 and 0.
 *
 * Source: sklearn/impute/_base.py, `MissingIndicator`.
 *
 * @throws `ML_INPUT_MISSING_VALUE` for another feature that is missing, where `error_on_new` asks for it
 */
export function missingIndicator(state: EstimatorState): Estimator {
  const features = state.ints('features_');
  const missing = missingTest(state);
  const width = state.optionalNumber('n_features_in_') ?? state.optionalNumber('_n_features');
  const { className, featureNames } = state;
  const refuseNew = state.optionalString('features') === 'missing-only' && state.booleanOr('error_on_new', true);
  const others = Int32Array.from(
    Array.from({ length: refuseNew ? (width ?? 0) : 0 }, (_, j) => j).filter((j) => !features.includes(j)),
  );
  return {
    className,
    task: 'transformation',
    width,
    featureNames,
    transform(x): Dataset {
      if (width !== undefined) checkWidth(x, width, className);
      const at = missingMask(x, others, missing).data.indexOf(1);
      if (at >= 0) {
        const column = others[at % others.length] as number;
        throw new InputError(
          'ML_INPUT_MISSING_VALUE',
          `row ${Math.floor(at / others.length)}: feature ${JSON.stringify(featureNames?.[column] ?? column)} is missing, which it never was when ${className} was fitted`,
          { details: { row: Math.floor(at / others.length), column } },
        );
      }
      const mask = missingMask(x, features, missing);
      return state.get('sparse') === true || (x.kind === 'csr' && state.get('sparse') === 'auto') ? toCsr(mask) : mask;
    },
  };
}
