/** A tree document: `feature[0] < 0.5` goes left to -1, else right to 2. */
export function stump(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    left_children: [1, -1, -1],
    right_children: [2, -1, -1],
    split_indices: [0, 0, 0],
    split_conditions: [0.5, -1, 2],
    default_left: [0, 0, 0],
    tree_param: { size_leaf_vector: '1', num_nodes: '3' },
    ...fields,
  };
}

export interface Parts {
  readonly objective?: string;
  readonly baseScore?: string;
  readonly classes?: string;
  readonly targets?: string;
  readonly features?: string;
  readonly trees?: readonly unknown[];
  readonly groups?: readonly number[];
  readonly weights?: readonly number[];
  readonly attributes?: Readonly<Record<string, string>>;
  readonly types?: readonly string[];
  readonly cats?: unknown;
  readonly version?: readonly number[];
}

/** A model document as XGBoost writes it. */
export function documentOf(parts: Parts = {}): Record<string, unknown> {
  const trees = parts.trees ?? [stump()];
  const model = {
    gbtree_model_param: { num_trees: String(trees.length), num_parallel_tree: '1' },
    trees,
    tree_info: parts.groups ?? trees.map(() => 0),
    ...(parts.cats !== undefined && { cats: parts.cats }),
  };
  return {
    learner: {
      attributes: parts.attributes ?? {},
      feature_names: [],
      feature_types: parts.types ?? [],
      gradient_booster:
        parts.weights === undefined
          ? { name: 'gbtree', model }
          : { name: 'dart', gbtree: { name: 'gbtree', model }, weight_drop: parts.weights },
      learner_model_param: {
        base_score: parts.baseScore ?? '0E0',
        num_class: parts.classes ?? '0',
        num_feature: parts.features ?? '1',
        num_target: parts.targets ?? '1',
      },
      objective: { name: parts.objective ?? 'reg:squarederror' },
    },
    version: parts.version ?? [2, 1, 4],
  };
}

export function bytesOf(document: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(document));
}

/** A document as UBJSON with 64-bit lengths; arrays of numbers as typed arrays of float32. */
export function ubjsonOf(value: unknown): Buffer {
  const length = (n: number): Buffer => {
    const out = Buffer.alloc(9, 'L');
    out.writeBigInt64BE(BigInt(n), 1);
    return out;
  };
  if (typeof value === 'string')
    return Buffer.concat([Buffer.from('S'), length(Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') {
    const out = Buffer.alloc(9, 'D');
    out.writeDoubleBE(value, 1);
    return out;
  }
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number')) {
    const data = Buffer.alloc(4 * value.length);
    for (const [i, item] of value.entries()) data.writeFloatBE(item, 4 * i);
    return Buffer.concat([Buffer.from('[$d#'), length(value.length), data]);
  }
  if (Array.isArray(value)) return Buffer.concat([Buffer.from('[#'), length(value.length), ...value.map(ubjsonOf)]);
  const items = Object.entries(value as Record<string, unknown>).flatMap(([key, item]) => [
    length(Buffer.byteLength(key)),
    Buffer.from(key),
    ubjsonOf(item),
  ]);
  return Buffer.concat([Buffer.from('{'), ...items, Buffer.from('}')]);
}

/** The binary format: one stump, `major` 0 for the time before 1.0. */
export function binaryOf(
  options: { readonly objective?: string; readonly base?: number; readonly major?: number } = {},
): Buffer {
  const { objective = 'reg:squarederror', base = 0, major = 1 } = options;
  const learner = Buffer.alloc(136);
  learner.writeFloatLE(base, 0);
  learner.writeUInt32LE(1, 4);
  learner.writeUInt32LE(1, 12);
  learner.writeUInt32LE(major, 20);
  const gbtree = Buffer.alloc(160);
  gbtree.writeUInt32LE(1, 0);
  const tree = Buffer.alloc(148);
  tree.writeUInt32LE(3, 4);
  const node = (left: number, right: number, value: number): Buffer => {
    const out = Buffer.alloc(20);
    out.writeInt32LE(left, 4);
    out.writeInt32LE(right, 8);
    // Missing values go left.
    out.writeUInt32LE(left < 0 ? 0 : 0x80000000, 12);
    out.writeFloatLE(value, 16);
    return out;
  };
  const text = (value: string): Buffer => {
    const out = Buffer.alloc(8);
    out.writeUInt32LE(value.length, 0);
    return Buffer.concat([out, Buffer.from(value)]);
  };
  const count = Buffer.alloc(8);
  count.writeUInt32LE(1, 0);
  const nodes = [node(1, 2, 0.5), node(-1, -1, -1), node(-1, -1, 2), Buffer.alloc(48)];
  const attributes = [count, text('best_iteration'), text('0')];
  return Buffer.concat([
    Buffer.from('binf'),
    learner,
    text(objective),
    text('gbtree'),
    gbtree,
    tree,
    ...nodes,
    Buffer.alloc(4),
    ...attributes,
  ]);
}
