import type { RowMethod } from '../spec/model.ts';

const NAMES: readonly (readonly [RowMethod, string])[] = [
  ['predict', 'predict'],
  ['predictProba', 'predict_proba'],
  ['predictLogProba', 'predict_log_proba'],
  ['decisionFunction', 'decision_function'],
  ['transform', 'transform'],
  ['inverseTransform', 'inverse_transform'],
  ['scoreSamples', 'score_samples'],
  ['apply', 'apply'],
];
const BY_OUTPUT = new Map(NAMES.map(([method, output]) => [output, method]));
const BY_METHOD = new Map(NAMES);

/** The method whose answer an output of that name is: `predict_proba` is what `predictProba` gives, as in MLServer. */
export function methodOfOutput(output: string): RowMethod | undefined {
  return BY_OUTPUT.get(output);
}

/** The name of the output that holds the answer of a method. */
export function outputOfMethod(method: RowMethod): string {
  return BY_METHOD.get(method) as string;
}
