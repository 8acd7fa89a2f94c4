import type { CatboostModel } from './catboost-model.ts';
import { modelError } from './model-error.ts';

const MAX_FEATURES = 2 ** 22;

/** The columns of a model's rows. */
export interface FeatureLayout {
  readonly width: number;
  /** `undefined` where the model knows no names. */
  readonly names: readonly string[] | undefined;
  /** Names of columns that no condition looks at. */
  readonly optional: ReadonlySet<string>;
}

/**
 * Columns that a model does not know, because training ignored them or they were dropped as unused, are called by
 * their position.
 *
 * @throws `ML_FORMAT_MALFORMED` for features outside of all columns or twice in one, `ML_FORMAT_LIMIT`
 */
export function featureLayout({ floatFeatures, catFeatures }: CatboostModel): FeatureLayout {
  const features = [...floatFeatures, ...catFeatures];
  const width = features.reduce((largest, { flatIndex }) => Math.max(largest, flatIndex + 1), 0);
  if (width > MAX_FEATURES)
    throw modelError('ML_FORMAT_LIMIT', `${width} features; at most ${MAX_FEATURES} are possible`);
  const names: (string | undefined)[] = Array.from({ length: width });
  for (const { flatIndex, name } of features) {
    if (flatIndex < 0 || names[flatIndex] !== undefined)
      throw modelError(
        'ML_FORMAT_MALFORMED',
        `a feature in column ${flatIndex}, ${flatIndex < 0 ? 'which is none' : 'which has one'}`,
      );
    names[flatIndex] = name;
  }
  const called = names.map((name, i) => name || String(i));
  const named = called.some((name, i) => name !== String(i)) && new Set(called).size === width;
  const looked = new Set([
    ...floatFeatures.filter(({ borders }) => borders.length > 0).map(({ flatIndex }) => flatIndex),
    ...catFeatures.map(({ flatIndex }) => flatIndex),
  ]);
  return {
    width,
    names: named ? called : undefined,
    optional: new Set(called.filter((_, i) => !looked.has(i))),
  };
}
