import type { Dataset } from '../../data/dataset.ts';
import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import { delegate } from '../base/delegate.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/**
 * Transformers in a row, then a last step whose methods the pipeline has. Steps that are None or
 * `passthrough` are skipped.
 *
 * @param skips says which steps have a part in training alone
 *
 * Source: sklearn/pipeline.py, `Pipeline`.
 */
export function pipeline(state: EstimatorState, skips: (step: PyValue) => boolean = () => false): Estimator {
  const steps = state.items('steps').flatMap((step, i, all) => {
    const [name, value] = pairOf(step);
    if (value === null || value === 'passthrough') return [];
    if (value !== undefined && skips(value)) {
      if (i < all.length - 1) return [];
      throw state.unsupported('a pipeline that ends with a step for training alone');
    }
    return [state.child(value as PyValue, `steps[${i}]${typeof name === 'string' ? `(${name})` : ''}`)];
  });
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) throw state.unsupported('a pipeline without steps');
  const before = steps.slice(0, -1).map((step) => {
    if (step.transform === undefined)
      throw state.unsupported(`${step.className} before the last step, which has no transform: a pipeline with it`);
    return step.transform;
  });
  const inverses = steps.flatMap((step) => step.inverseTransform ?? []);
  return {
    className: state.className,
    task: last.task,
    width: first.width,
    featureNames: state.featureNames ?? first.featureNames,
    ...(first.optionalFeatures !== undefined && { optionalFeatures: first.optionalFeatures }),
    ...(first.inputCategories !== undefined && { inputCategories: first.inputCategories }),
    ...(first.takesWholeRows !== undefined && { takesWholeRows: first.takesWholeRows }),
    ...(last.classes !== undefined && { classes: last.classes }),
    ...delegate(last, (x) => before.reduce((data, transform) => transform(data), x)),
    ...(inverses.length === steps.length && {
      inverseTransform: (x: Dataset) => inverses.reduceRight((data, inverse) => inverse(data), x),
    }),
  };
}

function pairOf(step: PyValue): readonly [PyValue | undefined, PyValue | undefined] {
  return isNode(step) && (step.kind === 'tuple' || step.kind === 'list')
    ? [step.items[0], step.items[1]]
    : [undefined, undefined];
}
