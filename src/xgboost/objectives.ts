import { FormatError } from '../errors/format-error.ts';
import type { BoosterModel } from './booster-model.ts';

/** What a booster's margins are made into. */
export type Link = 'identity' | 'sigmoid' | 'exp' | 'step' | 'softmax' | 'class';

/** What an objective does to margins, and what its base score is. */
export interface Objective {
  readonly link: Link;
  /** How the stored base score becomes a margin. */
  readonly base: 'identity' | 'logit' | 'log';
}

const IDENTITY: Objective = { link: 'identity', base: 'identity' };
const LOGISTIC: Objective = { link: 'sigmoid', base: 'logit' };
const EXPONENTIAL: Objective = { link: 'exp', base: 'log' };

/**
 * Every built-in objective.
 *
 * Source: src/objective/*.cu, `PredTransform` and `ProbToMargin`.
 */
const OBJECTIVES: ReadonlyMap<string, Objective> = new Map([
  ['reg:squarederror', IDENTITY],
  ['reg:linear', IDENTITY],
  ['reg:squaredlogerror', IDENTITY],
  ['reg:pseudohubererror', IDENTITY],
  ['reg:absoluteerror', IDENTITY],
  ['reg:quantileerror', IDENTITY],
  ['rank:pairwise', IDENTITY],
  ['rank:ndcg', IDENTITY],
  ['rank:map', IDENTITY],
  ['reg:logistic', LOGISTIC],
  ['binary:logistic', LOGISTIC],
  ['binary:logitraw', IDENTITY],
  ['binary:hinge', { link: 'step', base: 'identity' }],
  ['reg:gamma', EXPONENTIAL],
  ['reg:tweedie', EXPONENTIAL],
  ['count:poisson', EXPONENTIAL],
  ['survival:cox', EXPONENTIAL],
  ['survival:aft', EXPONENTIAL],
  ['multi:softprob', { link: 'softmax', base: 'identity' }],
  ['multi:softmax', { link: 'class', base: 'identity' }],
]);

/** Whether a version is older than `major.minor`. */
export function before(version: BoosterModel['version'], major: number, minor: number): boolean {
  return version.major < major || (version.major === major && version.minor < minor);
}

/** @throws `ML_FORMAT_UNSUPPORTED` */
export function objectiveOf({ objective, version }: Pick<BoosterModel, 'objective' | 'version'>): Objective {
  const known = OBJECTIVES.get(objective);
  // Before 1.3 the base score of raw logits was a probability, too.
  if (objective === 'binary:logitraw' && before(version, 1, 3)) return { link: 'identity', base: 'logit' };
  if (known !== undefined) return known;
  throw new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `XGBoost model: objective ${JSON.stringify(objective.slice(0, 100))} is not supported; known are ${[...OBJECTIVES.keys()].join(', ')}`,
    { details: { objective } },
  );
}

/** The margin of every output that a booster starts from. */
export function baseMargins(model: BoosterModel): Float32Array {
  const { base } = objectiveOf(model);
  const margins = model.baseIsMargin ? model.baseScore : model.baseScore.map((score) => marginOf(score, base));
  return margins.length === model.outputs ? margins : new Float32Array(model.outputs).fill(margins[0] as number);
}

function marginOf(score: number, base: Objective['base']): number {
  if (base === 'log') return Math.fround(Math.log(score));
  // Each step is a float32, as in C++.
  return base === 'logit' ? -Math.log(Math.fround(Math.fround(1 / score) - 1)) : score;
}
