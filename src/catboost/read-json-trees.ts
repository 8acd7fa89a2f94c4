import { Document } from '../xgboost/document.ts';
import type { ObliviousTrees, StepTrees } from './catboost-model.ts';
import { modelError } from './model-error.ts';

const MAX_LEVELS = 30;
/** Marks a node that is no end. */
const NO_LEAF = 0xffff_ffff;

interface Read<T> {
  readonly trees: T;
  /** Values per leaf; 1 where there are no trees. */
  readonly dimensions: number;
}

/** Source: `GetObliviousModelTrees` of json_model_helpers.cpp. */
export function readJsonObliviousTrees(documents: readonly Document[]): Read<ObliviousTrees> {
  const sizes: number[] = [];
  const splits: number[] = [];
  const values: Float64Array[] = [];
  let dimensions = 1;
  for (const tree of documents) {
    const conditions = (tree.get('splits') ?? null) === null ? [] : tree.objects('splits');
    const leaves = tree.numbers('leaf_values');
    if (conditions.length > MAX_LEVELS)
      throw modelError(
        'ML_FORMAT_LIMIT',
        `${tree.path} has ${conditions.length} levels; at most ${MAX_LEVELS} are possible`,
      );
    dimensions = leaves.length / 2 ** conditions.length;
    sizes.push(conditions.length);
    for (const condition of conditions) splits.push(condition.count('split_index'));
    values.push(leaves);
  }
  return {
    trees: {
      kind: 'oblivious',
      sizes: Int32Array.from(sizes),
      splits: Int32Array.from(splits),
      leafValues: joined(values),
    },
    dimensions,
  };
}

/**
 * Nodes in the order in which they are met, the left side first.
 *
 * Source: `GetNonSymmetricModelTrees` of json_model_helpers.cpp.
 */
export function readJsonStepTrees(list: unknown): Read<StepTrees> {
  if (!Array.isArray(list)) throw modelError('ML_FORMAT_MALFORMED', 'trees must be a list');
  const sizes: number[] = [];
  const splits: number[] = [];
  const steps: number[] = [];
  const leafOffsets: number[] = [];
  const values: number[] = [];
  let dimensions = 1;
  for (const [i, root] of list.entries()) {
    const start = splits.length;
    const open: { readonly value: unknown; readonly parent: number; readonly side: number }[] = [
      { value: root, parent: -1, side: 0 },
    ];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const node = new Document(next.value, `trees[${i}]`, 'CatBoost model');
      const index = splits.length;
      if (next.parent >= 0) steps[2 * next.parent + next.side] = index - next.parent;
      steps.push(0, 0);
      const leaf = node.get('value');
      if (leaf === undefined) {
        splits.push(node.object('split').count('split_index'));
        leafOffsets.push(NO_LEAF);
        open.push(
          { value: node.get('right'), parent: index, side: 1 },
          { value: node.get('left'), parent: index, side: 0 },
        );
        continue;
      }
      splits.push(0);
      leafOffsets.push(values.length);
      const found = leafValues(leaf, i);
      dimensions = found.length;
      for (const value of found) values.push(value);
    }
    sizes.push(splits.length - start);
  }
  const trees: StepTrees = {
    kind: 'steps',
    sizes: Int32Array.from(sizes),
    splits: Int32Array.from(splits),
    steps: Uint32Array.from(steps),
    leafOffsets: Uint32Array.from(leafOffsets),
    leafValues: Float64Array.from(values),
  };
  return { trees, dimensions };
}

function leafValues(value: unknown, tree: number): readonly number[] {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  if (list.length > 0 && list.every((item): item is number => typeof item === 'number')) return list;
  throw modelError('ML_FORMAT_MALFORMED', `a leaf of trees[${tree}] must have a number or a list of numbers`);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
