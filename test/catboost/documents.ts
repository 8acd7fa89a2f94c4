export interface Parts {
  readonly loss?: string;
  /** Values of the two leaves. */
  readonly left?: readonly number[];
  readonly right?: readonly number[];
  readonly borders?: readonly number[];
  readonly flatIndex?: number;
  readonly trees?: readonly unknown[];
  /** Further features. */
  readonly features?: Readonly<Record<string, unknown>>;
  readonly info?: Readonly<Record<string, unknown>>;
  readonly scaleAndBias?: unknown;
  readonly tables?: unknown;
}

/** A model as CatBoost's JSON: `feature 0 > 0.5` goes right. */
export function documentOf(parts: Parts = {}): Record<string, unknown> {
  const { loss = 'RMSE', left = [0], right = [2], borders = [0.5], flatIndex = 0, features = {}, info = {} } = parts;
  return {
    features_info: {
      float_features: [
        { feature_index: 0, flat_feature_index: flatIndex, borders, has_nans: false, nan_value_treatment: 'AsIs' },
      ],
      ...features,
    },
    model_info: { params: { loss_function: { type: loss, params: {} } }, ...info },
    oblivious_trees: parts.trees ?? [{ splits: [{ split_index: 0 }], leaf_values: [...left, ...right] }],
    scale_and_bias: parts.scaleAndBias ?? [1, left.map(() => 0)],
    ...(parts.tables === undefined ? { ctr_data: { [TABLE]: table() } } : { ctr_data: parts.tables }),
  };
}

const ELEMENTS = [{ combination_element: 'cat_feature_value', cat_feature_index: 0 }];
const TABLE = JSON.stringify({ identifier: ELEMENTS, type: 'Borders' });

function table(): unknown {
  return { hash_map: ['7', 1, 2], hash_stride: 3, counter_denominator: 0 };
}

/** A categorical feature with target statistics. */
export function catFeature(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    categorical_features: [{ feature_index: 0, flat_feature_index: 1, feature_id: '' }],
    ctrs: [
      {
        elements: ELEMENTS,
        ctr_type: 'Borders',
        target_border_idx: 0,
        prior_numerator: 0.5,
        prior_denomerator: 1,
        shift: 0,
        scale: 15,
        borders: [1.5],
        ...change,
      },
    ],
  };
}

export function bytesOf(document: unknown): Buffer {
  return Buffer.from(JSON.stringify(document));
}
