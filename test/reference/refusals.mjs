/**
 * Cases of supported classes that the library refuses on purpose: a pattern of the case's name, and why. Everything else
 * that is refused is a failure, unless a class in the file has no native implementation at all.
 */
export const EXPECTED_REFUSALS = [
  { pattern: /^other-(random|sparse)-projection$/, why: 'inverseTransform needs a pseudo-inverse that the file does not store' },
  { pattern: /^prep-impute-(.+-True|empty)$/, why: 'inverseTransform of an imputer with indicator columns is not there' },
  { pattern: /^tree-voting-drop$/, why: 'transform with flatten_transform=False has three dimensions' },
  { pattern: /^tree-boosting-(regressor-)?init$/, why: 'a linear initial estimator, which Python computes in float32' },
];
