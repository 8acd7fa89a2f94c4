import { murmurhash3 } from '../internal/murmurhash3.ts';

/** What the choice of an arm goes by. */
export interface WeightedArm {
  /** 0 gets nothing; otherwise a share of `weight / sum of the weights`. */
  readonly weight: number;
  /** From `armSeed`. */
  readonly seed: number;
}

const RANGE = 2 ** 32;

/** The seed of an arm: `murmurhash3("<salt>/<name>")`, seed 0, as an unsigned integer. */
export function armSeed(salt: string, name: string): number {
  return murmurhash3(`${salt}/${name}`) >>> 0;
}

/**
 * The arm of a key, by weighted rendezvous: each arm draws `u = (h + 0.5) / 2^32` with `h = murmurhash3(key, seed of the
 * arm)`, unsigned, and the least `-ln(u) / weight` wins, the first of equals.
 *
 * A key moves from one arm to another only where the weight of the other grew in relation to the first one's. So a
 * change of one weight, a new arm or one that is gone moves as few keys as any rule could, and the order of the arms
 * plays no part.
 *
 * @returns an index into `arms`, of which at least one has a weight
 */
export function armOfKey(arms: readonly WeightedArm[], key: string): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < arms.length; i++) {
    const { weight, seed } = arms[i] as WeightedArm;
    if (weight <= 0) continue;
    const u = ((murmurhash3(key, seed) >>> 0) + 0.5) / RANGE;
    const score = -Math.log(u) / weight;
    if (score >= least && best >= 0) continue;
    best = i;
    least = score;
  }
  return best;
}

/**
 * The arm of a call without a key.
 *
 * @param chance from 0 up to, but not, 1
 */
export function armOfChance(arms: readonly WeightedArm[], chance: number): number {
  let sum = 0;
  for (let i = 0; i < arms.length; i++) sum += (arms[i] as WeightedArm).weight;
  let left = chance * sum;
  let last = -1;
  for (let i = 0; i < arms.length; i++) {
    const { weight } = arms[i] as WeightedArm;
    if (weight <= 0) continue;
    last = i;
    left -= weight;
    if (left < 0) return i;
  }
  // The sum was rounded.
  return last;
}
