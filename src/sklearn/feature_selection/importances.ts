import { isNode, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { svmCoefficients } from './svm-coefficients.ts';
import { forestImportances, treeImportances } from './tree-importances.ts';

/**
 * How much each feature counts for a fitted estimator: magnitudes of `coef_` (of several rows the norm of
 * each column), or the importances of trees.
 *
 * Source: sklearn/feature_selection/_base.py, `_get_feature_importances`.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for estimators whose importances are not in their file
 */
export function importancesOf(state: EstimatorState, fitted: EstimatorState): Float64Array {
  const getter = state.optionalString('importance_getter') ?? 'auto';
  if (getter !== 'auto' && getter !== 'coef_' && getter !== 'feature_importances_') {
    const [owner, name] = ownerOf(state, fitted, getter);
    return attributeOf(state, owner, name);
  }
  if (getter === 'auto') return attributeOf(state, fitted, hasCoefficients(fitted) ? 'coef_' : 'feature_importances_');
  return attributeOf(state, fitted, getter);
}

function attributeOf(state: EstimatorState, owner: EstimatorState, name: string): Float64Array {
  if (name === 'coef_') return coefficientNorms(state, owner);
  if (name !== 'feature_importances_') throw state.unsupported(`importance_getter="${name}"`);
  if (owner.has('estimators_')) return forestImportances(owner);
  if (owner.has('tree_')) return treeImportances(owner.part('tree_'), true) ?? new Float64Array(owner.width ?? 0);
  if (owner.has('feature_importances_')) return owner.vector('feature_importances_').map(Math.abs);
  throw state.unsupported(`the importances of ${owner.className}`);
}

function hasCoefficients(owner: EstimatorState): boolean {
  return owner.has('coef_') || svmCoefficients(owner) !== undefined;
}

function coefficientNorms(state: EstimatorState, owner: EstimatorState): Float64Array {
  const computed = owner.has('coef_') ? undefined : svmCoefficients(owner);
  const { rows, cols, data } = computed ?? owner.matrix('coef_');
  if (computed === undefined && owner.ndarray('coef_').ndim === 1) return data.map(Math.abs);
  const order = state.has('norm_order') ? state.number('norm_order') : 1;
  return Float64Array.from({ length: cols }, (_, j) => {
    const column = Float64Array.from({ length: rows }, (__, i) => Math.abs(data[i * cols + j] as number));
    if (order === Number.POSITIVE_INFINITY) return column.reduce((a, b) => Math.max(a, b), 0);
    if (order === Number.NEGATIVE_INFINITY) return column.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    if (order === 1) return column.reduce((a, b) => a + b, 0);
    if (order === 2) return Math.sqrt(column.reduce((a, b) => a + b * b, 0));
    return column.reduce((a, b) => a + b ** order, 0) ** (1 / order);
  });
}

/** The estimator that a dotted getter such as `named_steps.clf.coef_` or `regressor_.coef_` ends at. */
function ownerOf(state: EstimatorState, fitted: EstimatorState, getter: string): readonly [EstimatorState, string] {
  const path = getter.split('.');
  const name = path.pop() ?? '';
  let owner = fitted;
  for (let step = path.shift(); step !== undefined; step = path.shift()) {
    if (step !== 'named_steps') owner = owner.part(step);
    else owner = stepOf(state, owner, path.shift() ?? '');
  }
  return [owner, name];
}

function stepOf(state: EstimatorState, owner: EstimatorState, name: string): EstimatorState {
  const step = owner.items('steps').find((item) => stepParts(item)[0] === name);
  const value = step === undefined ? undefined : stepParts(step)[1];
  if (value instanceof PyObject) return owner.partIn(value, `steps(${name})`);
  throw state.unsupported(`importance_getter over the step ${JSON.stringify(name)}, which the pipeline lacks,`);
}

function stepParts(item: PyValue): readonly PyValue[] {
  return isNode(item) && (item.kind === 'tuple' || item.kind === 'list') ? item.items : [];
}
