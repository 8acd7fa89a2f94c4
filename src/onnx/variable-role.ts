import type { OnnxNode } from '../formats/onnx-proto/onnx-model.ts';
import type { GraphLinks } from './graph-links.ts';
import type { GraphEdge } from './graph-values.ts';
import { isMLOperator, isOnnxOperator } from './node-attributes.ts';
import { origin } from './value-origin.ts';

const REGRESSORS = ['LinearRegressor', 'SVMRegressor', 'TreeEnsembleRegressor'];
/** Operators that end a transformer, however many columns it gives. */
const TRANSFORMERS = ['Scaler', 'Normalizer', 'Binarizer', 'OneHotEncoder', 'Imputer', 'FeatureVectorizer'];

/**
 * The role of the output of a model that is no classifier. skl2onnx calls it `variable`, whether
 * it is a regressor's prediction or a transformer's result: the last operator tells, and where it
 * does not, a single column is a prediction and several are features.
 */
export function variableRole(
  outputs: readonly GraphEdge[],
  links: GraphLinks,
): { readonly value?: string; readonly transform?: string } {
  const table = outputs.find(({ name }) => name === 'transformed_column');
  if (table !== undefined) return { transform: table.name };
  const [only] = outputs;
  if (only === undefined || outputs.length > 1) return {};
  const node = origin(only.name, links);
  if (node !== undefined && REGRESSORS.some((type) => isMLOperator(node, type))) return { value: only.name };
  if (node !== undefined && TRANSFORMERS.some((type) => isMLOperator(node, type))) return { transform: only.name };
  // The names of other exporters say nothing, nor do general operators.
  if (only.name !== 'variable') return {};
  const single = only.shape?.length === 1 || only.shape?.[1] === 1;
  return single || isAffine(node, links) ? { value: only.name } : { transform: only.name };
}

/** A product plus an intercept: the last layer of a network or a linear model. */
function isAffine(node: OnnxNode | undefined, links: GraphLinks): boolean {
  if (node === undefined || !isOnnxOperator(node, 'Add')) return false;
  return node.inputs.some((name) => {
    const before = links.producer(name);
    return before !== undefined && (isOnnxOperator(before, 'MatMul') || isOnnxOperator(before, 'Gemm'));
  });
}
