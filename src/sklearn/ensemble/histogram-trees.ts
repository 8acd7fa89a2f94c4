import { NdArray } from '../../formats/npy/nd-array.ts';
import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import { Forest } from '../../kernel/forest.ts';
import type { CategorySplit, TreeNodes } from '../../kernel/forest-spec.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { NodeFields } from '../tree/node-fields.ts';

/** 256 categories, a bit each. */
const WORDS = 8;

/**
 * The trees of a histogram boosting. A row goes left where `x <= num_threshold`, both float64; NaN where
 * `missing_go_to_left` says; by category where its bit is set, and where it was not seen in training as if it
 * were missing. Categories are cast to 8 bits, as in the original; negative ones are missing.
 *
 * Source: sklearn/ensemble/_hist_gradient_boosting/_predictor.pyx, `_predict_one_from_raw_data`.
 */
export function histogramForest(state: EstimatorState, width: number, outputs: number): Forest {
  const predictors = state.items('_predictors').flatMap((stage, i) => {
    const items = itemsOf(stage);
    if (items?.length !== outputs) throw state.unsupported(`stage ${i} without ${outputs} trees`);
    return items.map((item, k) => state.partIn(item, `_predictors[${i}][${k}]`));
  });
  if (predictors.length === 0) throw state.unsupported('a boosting without trees');
  const known = knownCategories(state, width);
  const fields = predictors.map((predictor) => new NodeFields(predictor, predictor.ndarray('nodes')));
  let categoryWords = 0;
  for (const nodes of fields) {
    if (nodes.has('is_categorical'))
      categoryWords += nodes.flags('is_categorical').reduce((n, one) => n + one, 0) * WORDS;
  }
  return Forest.build({
    className: state.className,
    features: width,
    inputs: 'float64',
    rule: 'le',
    leafWidth: 1,
    outputs,
    sums: 'float64',
    accepts: 'any',
    categoryWords,
    trees: fields.map((nodes, i) => ({ nodes: nodes.count, column: i % outputs })),
    read: (i) => readNodes(predictors[i] as EstimatorState, fields[i] as NodeFields, known),
  });
}

function readNodes(
  predictor: EstimatorState,
  fields: NodeFields,
  known: (feature: number) => Uint32Array | undefined,
): TreeNodes {
  const leaf = fields.flags('is_leaf');
  const missingLeft = fields.has('missing_go_to_left')
    ? fields.flags('missing_go_to_left')
    : new Uint8Array(fields.count);
  const feature = fields.ints('feature_idx');
  return {
    left: fields.ints('left').map((child, node) => (leaf[node] === 1 ? -1 : child)),
    right: fields.ints('right'),
    feature,
    threshold: fields.doubles(fields.has('num_threshold') ? 'num_threshold' : 'threshold'),
    missingLeft,
    values: fields.doubles('value'),
    categories: fields.has('is_categorical')
      ? categoriesOf(predictor, fields, (node) => ({
          known: known(feature[node] as number),
          missingLeft: missingLeft[node] === 1,
        }))
      : undefined,
  };
}

function categoriesOf(
  predictor: EstimatorState,
  fields: NodeFields,
  about: (node: number) => { readonly known: Uint32Array | undefined; readonly missingLeft: boolean },
): (node: number) => CategorySplit | undefined {
  const categorical = fields.flags('is_categorical');
  if (!categorical.includes(1)) return () => undefined;
  const index = fields.ints('bitset_idx');
  const bits = predictor.ndarray('raw_left_cat_bitsets').toFloat64Array();
  return (node) => {
    if (categorical[node] !== 1) return undefined;
    const start = (index[node] as number) * WORDS;
    const left = Uint32Array.from(bits.subarray(start, start + WORDS));
    const { known, missingLeft } = about(node);
    if (left.length !== WORDS || known === undefined) throw predictor.unsupported('a category split without its bits');
    // Categories that training did not see go where missing values go.
    const words = left.map((word, k) => (missingLeft ? word | ~(known[k] as number) : word) >>> 0);
    return { words, outsideLeft: missingLeft, asByte: true };
  };
}

/** The categories of a feature that training saw, a bit each. */
function knownCategories(state: EstimatorState, width: number): (feature: number) => Uint32Array | undefined {
  const name = state.firstOf('_bin_mapper', 'bin_mapper_');
  if (!state.has(name)) return () => undefined;
  const mapper = state.part(name);
  if (!mapper.has('is_categorical_')) return () => undefined;
  const categorical = mapper.vector('is_categorical_');
  const thresholds = mapper.items('bin_thresholds_');
  const sets = new Map<number, Uint32Array>();
  for (let feature = 0; feature < Math.min(width, categorical.length); feature++) {
    const values = thresholds[feature];
    if (categorical[feature] !== 1 || !(values instanceof NdArray)) continue;
    const words = new Uint32Array(WORDS);
    for (const value of values.toFloat64Array()) {
      const category = value & 255;
      words[category >> 5] = (words[category >> 5] as number) | (1 << (category & 31));
    }
    sets.set(feature, words);
  }
  return (feature) => sets.get(feature);
}

function itemsOf(value: PyValue): readonly PyValue[] | undefined {
  return isNode(value) && (value.kind === 'list' || value.kind === 'tuple') ? value.items : undefined;
}
