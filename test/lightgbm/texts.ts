/** Lines of a tree: `x[0] <= 0.5` gives -1, else 2. */
export const STUMP: Readonly<Record<string, string>> = {
  num_leaves: '2',
  num_cat: '0',
  split_feature: '0',
  threshold: '0.5',
  decision_type: '0',
  left_child: '-1',
  right_child: '-2',
  leaf_value: '-1 2',
};

export interface Parts {
  readonly head?: Readonly<Record<string, string>>;
  /** Lines of the head without a value. */
  readonly flags?: readonly string[];
  readonly trees?: readonly Readonly<Record<string, string>>[];
  readonly trailer?: string;
}

const linesOf = (record: Readonly<Record<string, string>>): string[] =>
  Object.entries(record).map(([key, value]) => `${key}=${value}`);

/** A model file as LightGBM writes it. */
export function textOf(parts: Parts = {}): string {
  const head = {
    version: 'v4',
    num_class: '1',
    num_tree_per_iteration: '1',
    max_feature_idx: '0',
    objective: 'regression',
    feature_names: 'a',
    feature_infos: '[0:1]',
    ...parts.head,
  };
  const trees = (parts.trees ?? [STUMP]).flatMap((tree, i) => [`Tree=${i}`, ...linesOf(tree), '', '']);
  return ['tree', ...linesOf(head), ...(parts.flags ?? []), '', ...trees, 'end of trees', '', parts.trailer ?? ''].join(
    '\n',
  );
}
