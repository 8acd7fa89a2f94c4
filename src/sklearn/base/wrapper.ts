import { delegate } from './delegate.ts';
import type { Estimator } from './estimator.ts';
import type { EstimatorState } from './estimator-state.ts';

/** An estimator that answers exactly as the one in its attribute `name`. */
export function wrapperOf(state: EstimatorState, name: string): Estimator {
  const inner = state.estimator(name);
  return {
    className: state.className,
    task: inner.task,
    width: inner.width,
    featureNames: state.featureNames ?? inner.featureNames,
    ...(inner.optionalFeatures !== undefined && { optionalFeatures: inner.optionalFeatures }),
    ...(inner.takesWholeRows !== undefined && { takesWholeRows: inner.takesWholeRows }),
    ...(inner.classes !== undefined && { classes: inner.classes }),
    ...(inner.transformsLabels !== undefined && { transformsLabels: inner.transformsLabels }),
    ...(inner.inverseTransform !== undefined && { inverseTransform: inner.inverseTransform }),
    ...(inner.byteSize !== undefined && { byteSize: inner.byteSize }),
    ...(inner.dispose !== undefined && { dispose: inner.dispose }),
    ...delegate(inner),
  };
}
