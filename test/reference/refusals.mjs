/**
 * Cases of supported classes that the library refuses on purpose: a pattern of the case's name, and why. Everything else
 * that is refused is a failure, unless a class in the file has no native implementation at all.
 */
export const EXPECTED_REFUSALS = [
  { pattern: /^other-(random|sparse)-projection$/, why: 'inverseTransform needs a pseudo-inverse that the file does not store' },
  { pattern: /^prep-impute-(.+-True|empty)$/, why: 'inverseTransform of an imputer with indicator columns is not there' },
  { pattern: /^tree-voting-drop$/, why: 'transform with flatten_transform=False has three dimensions' },
  { pattern: /^tree-boosting-(regressor-)?init$/, why: 'a linear initial estimator, which Python computes in float32' },
  { pattern: /^ce-.+-cols$/, why: 'inverseTransform of category_encoders is not there' },
  { pattern: /^ce-(hashing-.+|.+-invariant)$/, why: 'category_encoders before 2.6 keeps the names of the outputs alone' },
  { pattern: /^fe-rare-1-0.3-grade-True$/, why: 'feature_engine before 1.6 makes text of frequent numbers' },
  { pattern: /^ce-composite$/, why: 'composite_cols joins columns as text of Python' },
  { pattern: /^fe-(impute-random|drop-missing|trimmer)$/, why: 'random values; rows that go missing' },
  { pattern: /^fe-.+(return_boundaries|boundaries-3)$/, why: 'text that pandas makes of intervals' },
  { pattern: /^fe-math-function$/, why: 'a function of Python' },
  { pattern: /^imb-pipeline-sampler-last$/, why: 'a pipeline that ends with a sampler has no method' },
  { pattern: /^other-graph-pipeline$/, why: 'neighbours searched in precomputed distances: rows would be graphs of distances' },
  { pattern: /^map-default-none$/, why: 'the columns that are not selected are not in the file' },
];
