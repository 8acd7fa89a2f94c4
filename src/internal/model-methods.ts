import type { LoadedModel } from '../spec/model-loader.ts';
import type { ModelMethod } from '../spec/model.ts';

const METHODS: readonly ModelMethod[] = [
  'predict',
  'predictProba',
  'predictLogProba',
  'decisionFunction',
  'transform',
  'inverseTransform',
  'scoreSamples',
  'apply',
  'run',
];

/** Methods that take rows of features. */
export const FEATURE_METHODS: readonly Exclude<ModelMethod, 'inverseTransform' | 'run'>[] = [
  'predict',
  'predictProba',
  'predictLogProba',
  'decisionFunction',
  'transform',
  'scoreSamples',
  'apply',
];

/** The methods that a loaded model has. */
export function methodsOf(loaded: LoadedModel): ModelMethod[] {
  return METHODS.filter((method) => typeof loaded[method] === 'function');
}
