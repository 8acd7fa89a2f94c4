import { FormatError } from '../errors/format-error.ts';
import type { Label } from '../spec/model.ts';
import { type ModelText, splitModelText } from './model-text.ts';
import { type Objective, readObjective } from './objectives.ts';
import { readTreeText, type TreeText } from './tree-text.ts';

const VERSIONS: ReadonlySet<string> = new Set(['v2', 'v3', 'v4']);
const MAX_FEATURES = 2 ** 24;
const MAX_OUTPUTS = 100_000;

/** A model file as it is. */
export interface BoosterModel {
  readonly objective: Objective;
  readonly features: number;
  readonly featureNames: readonly string[];
  /** Trees per iteration, which are values per row. */
  readonly outputs: number;
  readonly trees: readonly TreeText[];
  /** Whether the sums are divided by the number of iterations (`boosting=rf`). */
  readonly averages: boolean;
  /** Categories of the columns that were categorical in training's DataFrame, by column. */
  readonly categories: ReadonlyMap<number, readonly Label[]>;
}

/**
 * Source: src/boosting/gbdt_model_text.cpp, `GBDT::LoadModelFromString`.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT`
 */
export function readBoosterModel(text: string, pandasCategorical?: readonly (readonly Label[])[]): BoosterModel {
  const parts = splitModelText(text);
  const { head } = parts;
  const version = head.text('version');
  if (!VERSIONS.has(version)) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `LightGBM model: version ${JSON.stringify(version.slice(0, 40))} is not supported; known are ${[...VERSIONS].join(', ')}`,
    );
  }
  const features = head.count('max_feature_idx') + 1;
  if (features > MAX_FEATURES) {
    throw new FormatError(
      'ML_FORMAT_LIMIT',
      `LightGBM model: ${features} features; at most ${MAX_FEATURES} are possible`,
    );
  }
  const outputs = head.count(head.has('num_tree_per_iteration') ? 'num_tree_per_iteration' : 'num_class');
  if (outputs < 1 || (outputs > parts.trees.length && parts.trees.length > 0) || outputs > MAX_OUTPUTS) {
    throw head.malformed(`has ${parts.trees.length} trees for ${outputs} values per row`);
  }
  return {
    objective: readObjective(head.has('objective') ? head.text('objective') : undefined),
    features,
    featureNames: head.words('feature_names'),
    outputs,
    trees: parts.trees.map(readTreeText),
    averages: head.has('average_output'),
    categories: categoriesOf(parts, features, pandasCategorical ?? parsedCategories(parts.pandasCategorical)),
  };
}

function parsedCategories(text: string | undefined): readonly (readonly Label[])[] {
  if (text === undefined || text === '' || text === 'null') return [];
  let value: unknown;
  try {
    value = JSON.parse(text.replaceAll(/\b(?:NaN|nan)\b/g, 'null'));
  } catch (error) {
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `LightGBM model: pandas_categorical cannot be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
  if (value === null) return [];
  const lists =
    Array.isArray(value) &&
    value.every((list) => Array.isArray(list) && list.every((item) => typeof item !== 'object' || item === null));
  if (!lists)
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      'LightGBM model: pandas_categorical must be a list of lists of values',
    );
  return value as Label[][];
}

/**
 * Which columns the lists of categories belong to: the file has the lists in the order of the columns, and names the
 * categorical columns in its parameters or shows them by their ranges.
 */
function categoriesOf(
  parts: ModelText,
  features: number,
  lists: readonly (readonly Label[])[],
): ReadonlyMap<number, readonly Label[]> {
  if (lists.length === 0) return new Map();
  const named = (parts.parameters.get('categorical_feature') ?? '')
    .split(',')
    .filter((part) => /^\d+$/.test(part))
    .map(Number);
  const infos = parts.head.has('feature_infos') ? parts.head.words('feature_infos') : [];
  // A range in brackets is numeric; categories are listed without.
  const shown = infos.flatMap((info, column) => (info.startsWith('[') || info === 'none' ? [] : [column]));
  const columns = [named, shown].find((candidate) => candidate.length === lists.length);
  if (columns === undefined || columns.some((column) => column >= features)) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `LightGBM model: it has categories of ${lists.length} pandas columns, but does not say which columns these are (ordered categories?)`,
    );
  }
  const sorted = columns.toSorted((a, b) => a - b);
  return new Map(sorted.map((column, i) => [column, lists[i] as readonly Label[]]));
}
