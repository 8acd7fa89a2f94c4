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

/** The methods that a loaded model has. */
export function methodsOf(loaded: LoadedModel): ModelMethod[] {
  return METHODS.filter((method) => typeof loaded[method] === 'function');
}
