import type { ModelRecord } from './model-repository.ts';

/** What became of one file while a name and version were resolved. */
export interface Candidate {
  readonly id: string;
  readonly record: ModelRecord | undefined;
  readonly chosen: boolean;
  /** One sentence: why it was or was not chosen. */
  readonly reason: string;
}

/** The whole story of one resolution. */
export interface Explanation {
  readonly name: string;
  /** As asked for: `latest`, `v1`, `1.2.3`, `^1.2`, an alias. */
  readonly requested: string;
  /** Where the request came from: the caller, an environment variable, an alias. */
  readonly via: readonly string[];
  readonly location: string;
  readonly chosen: ModelRecord | undefined;
  /** Ids of equally good files between which nothing decides; nothing is chosen then. */
  readonly ambiguous?: readonly string[];
  /** Every file of that name, best first, then near misses. */
  readonly candidates: readonly Candidate[];
  /** Names that the repository knows, when there is no file of the name asked for. */
  readonly knownNames: readonly string[];
}
