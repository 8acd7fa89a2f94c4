import { FormatError } from '../errors/format-error.ts';
import type { BoosterModel, LinearBooster, TreeBooster } from './booster-model.ts';
import { readCategories } from './read-categories.ts';
import type { Document } from './document.ts';
import { readTree } from './read-tree.ts';

/** Nobody has more outputs; it bounds what a few bytes can ask for. */
const MAX_OUTPUTS = 1_000_000;

/**
 * A booster from its model document (JSON and UBJSON have the same structure). What Python pickles has the document
 * under `Model`, beside the configuration.
 *
 * Source: src/learner.cc, `LearnerIO::LoadModel`; doc/model.schema.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT`
 */
export function readModelDocument(root: Document): BoosterModel {
  const document = root.has('Model') ? root.object('Model') : root;
  const learner = document.object('learner');
  const param = learner.object('learner_model_param');
  const classes = param.count('num_class', 0);
  const outputs = Math.max(1, classes, param.count('num_target', 1));
  if (outputs > MAX_OUTPUTS) throw tooMany(outputs);
  const booster = learner.object('gradient_booster');
  const version = document.has('version') ? document.numbers('version') : [];
  const names = learner.texts('feature_names');
  return {
    version: { major: version[0] ?? 1, minor: version[1] ?? 0 },
    objective: learner.object('objective').text('name'),
    baseScore: baseScoreOf(param.text('base_score'), outputs),
    baseIsMargin: false,
    features: param.count('num_feature'),
    classes,
    outputs,
    featureNames: names.length === 0 ? undefined : names,
    featureTypes: learner.texts('feature_types'),
    categories: readCategories(treesOf(booster)),
    attributes: attributesOf(learner),
    booster: readBooster(booster, outputs),
  };
}

function tooMany(outputs: number): FormatError {
  return new FormatError('ML_FORMAT_LIMIT', `XGBoost model: ${outputs} outputs; at most ${MAX_OUTPUTS} are possible`, {
    details: { outputs },
  });
}

/** `0.5`, `5E-1` or, from 3.1 on, `[5E-1,2E-1]`. */
function baseScoreOf(text: string, outputs: number): Float32Array {
  const parts = (text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text).split(',');
  const values = Float32Array.from(parts, (part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (values.some(Number.isNaN) || (values.length !== 1 && values.length !== outputs)) {
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `XGBoost model: base_score ${JSON.stringify(text.slice(0, 100))} must be one number or ${outputs}`,
    );
  }
  return values;
}

function attributesOf(learner: Document): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  if (!learner.has('attributes')) return attributes;
  const document = learner.object('attributes');
  for (const key of document.keys()) {
    const value = document.get(key);
    if (typeof value === 'string') attributes.set(key, value);
  }
  return attributes;
}

/** The tree model inside a booster; `undefined` for a linear one. */
function treesOf(booster: Document): Document | undefined {
  const name = booster.text('name');
  if (name === 'gbtree') return booster.object('model');
  return name === 'dart' ? booster.object('gbtree').object('model') : undefined;
}

function readBooster(booster: Document, outputs: number): TreeBooster | LinearBooster {
  const kind = booster.text('name');
  const model = treesOf(booster);
  if (model !== undefined) {
    return {
      kind: kind === 'dart' ? 'dart' : 'gbtree',
      weights: kind === 'dart' ? Float32Array.from(booster.numbers('weight_drop')) : undefined,
      ...readTrees(model, outputs),
    };
  }
  if (kind === 'gblinear') {
    return { kind, weights: Float32Array.from(booster.object('model').numbers('weights')) };
  }
  throw new FormatError('ML_FORMAT_UNSUPPORTED', `XGBoost model: booster "${kind}" is not supported`, {
    details: { booster: kind },
  });
}

function readTrees(
  model: Document,
  outputs: number,
): Pick<TreeBooster, 'trees' | 'leafWidth' | 'rounds' | 'parallelTrees'> {
  const param = model.object('gbtree_model_param');
  const documents = model.objects('trees');
  const groups = model.ints('tree_info');
  if (groups.length !== documents.length) {
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `XGBoost model: ${documents.length} trees and the groups of ${groups.length} (tree_info)`,
    );
  }
  const first = documents[0];
  const leafWidth = first === undefined ? 1 : Math.max(1, widthOf(first));
  if (leafWidth !== 1 && leafWidth !== outputs) {
    throw new FormatError('ML_FORMAT_MALFORMED', `XGBoost model: leaves of ${leafWidth} values for ${outputs} outputs`);
  }
  const trees = documents.map((tree, i) => {
    if (Math.max(1, widthOf(tree)) !== leafWidth) {
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `XGBoost model: trees of different leaf sizes (${tree.path}) are not supported`,
      );
    }
    return readTree(tree, { group: leafWidth === 1 ? groupOf(groups[i] as number, outputs) : 0, leafWidth });
  });
  const parallel = param.count('num_parallel_tree', 0);
  return {
    trees,
    leafWidth,
    rounds: model.has('iteration_indptr') ? model.ints('iteration_indptr') : undefined,
    parallelTrees: parallel === 0 ? undefined : parallel,
  };
}

function widthOf(tree: Document): number {
  return tree.object('tree_param').count('size_leaf_vector', 1);
}

/** @throws `ML_FORMAT_MALFORMED` for a tree of an output that there is not */
export function groupOf(group: number, outputs: number): number {
  if (group >= 0 && group < outputs) return group;
  throw new FormatError('ML_FORMAT_MALFORMED', `XGBoost model: a tree belongs to output ${group} of ${outputs}`);
}
