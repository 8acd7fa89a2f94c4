import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/** `predict` of a member. Throws `ML_FORMAT_UNSUPPORTED` where it has none. */
export function requirePredict(owner: EstimatorState, member: Estimator): NonNullable<Estimator['predict']> {
  if (member.predict === undefined) throw owner.unsupported(`${member.className}, which does not predict, as a member`);
  return member.predict.bind(member);
}

/** `predictProba` of a member. Throws `ML_FORMAT_UNSUPPORTED` where it has none. */
export function requireProba(owner: EstimatorState, member: Estimator): NonNullable<Estimator['predictProba']> {
  if (member.predictProba === undefined) {
    throw owner.unsupported(`${member.className}, which has no probabilities, as a member`);
  }
  return member.predictProba.bind(member);
}
