import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { stackColumns } from '../../data/stack-columns.ts';
import { matrixOfColumns } from '../base/columns-matrix.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { logOf } from '../base/log-proba.ts';
import { columnOf } from '../base/response.ts';
import { rowsOf } from '../linear_model/linear-regressor.ts';

/** What a link of the chain is asked, under Python's name of the method. */
type Method = 'predict' | 'predict_proba' | 'predict_log_proba' | 'decision_function';

const METHODS: ReadonlySet<string> = new Set(['predict', 'predict_proba', 'predict_log_proba', 'decision_function']);

/**
 * Every link sees the input and what the links before it said (`chain_method_`, before 1.3 their predictions);
 * the outputs come in the order of the targets.
 *
 * Source: sklearn/multioutput.py, `_BaseChain._get_predictions`.
 */
export function regressorChain(state: EstimatorState): Estimator {
  const { base, run } = chainOf(state, 'regression');
  return { ...base, predict: (x) => rowsOf(run(x, 'predict')) };
}

/**
 * The same for binary classifiers, of whose probabilities the second counts.
 *
 * Source: sklearn/multioutput.py, `ClassifierChain`.
 */
export function classifierChain(state: EstimatorState): Estimator {
  const { base, links, run } = chainOf(state, 'multilabel-classification');
  const proba = links.every(({ predictProba }) => predictProba !== undefined);
  const decision = links.every(({ decisionFunction }) => decisionFunction !== undefined);
  return {
    ...base,
    predict: (x) => rowsOf(run(x, 'predict')),
    ...(proba && {
      predictProba: (x: Dataset) => run(x, 'predict_proba'),
      predictLogProba: (x: Dataset) => logOf(run(x, 'predict_proba')),
    }),
    ...(decision && { decisionFunction: (x: Dataset) => run(x, 'decision_function') }),
  };
}

function chainOf(
  state: EstimatorState,
  task: Estimator['task'],
): {
  readonly base: Estimator;
  readonly links: readonly Estimator[];
  readonly run: (x: Dataset, method: Method) => DenseMatrix;
} {
  const links = state.estimators('estimators_');
  const order = state.ints('order_');
  const sorted = order.toSorted();
  if (order.length !== links.length || sorted.some((value, k) => value !== k))
    throw state.unsupported('an order that does not fit the chain');
  const chainMethod = state.optionalString('chain_method_') ?? 'predict';
  if (!METHODS.has(chainMethod)) throw state.unsupported(`chain_method="${chainMethod}"`);
  const width = state.width ?? links[0]?.width;
  const run = (x: Dataset, method: Method): DenseMatrix => {
    const seen: DenseMatrix[] = [];
    const outputs: Float64Array[] = [];
    for (const [k, link] of links.entries()) {
      const input = stackColumns([x, ...seen], x.rows);
      const said = answer(state, { link, x: input, method: chainMethod as Method });
      seen.push(new DenseMatrix(x.rows, 1, said));
      outputs[order[k] as number] = method === chainMethod ? said : answer(state, { link, x: input, method });
    }
    return matrixOfColumns(outputs, x.rows);
  };
  return { base: { className: state.className, task, width, featureNames: state.featureNames }, links, run };
}

/** One number per row. */
function answer(
  state: EstimatorState,
  { link, x, method }: { readonly link: Estimator; readonly x: Dataset; readonly method: Method },
): Float64Array {
  const fail = (): Error => state.unsupported(`${method} of ${link.className} in a chain`);
  if (method === 'predict') {
    if (link.predict === undefined) throw fail();
    return Float64Array.from(link.predict(x), Number);
  }
  if (method === 'decision_function') {
    const scores = link.decisionFunction?.(x);
    if (scores === undefined || scores instanceof DenseMatrix) throw fail();
    return scores;
  }
  const source = method === 'predict_proba' ? link.predictProba : link.predictLogProba;
  const values = source?.(x);
  if (values === undefined || !('kind' in values) || values.cols !== 2) throw fail();
  return columnOf(values, 1);
}
