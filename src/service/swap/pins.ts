import type { ModelArea } from '../../spec/model-repository.ts';
import type { Explanation } from '../../spec/resolution.ts';
import type { ModelRequest } from '../model-resolver.ts';

/** All requests for one name, whatever version they ask for. */
export interface ModelFamily {
  readonly area: ModelArea;
  readonly name: string;
}

/**
 * The artefacts that requests for one name stand for, whatever they ask for: ids of the repository, and `undefined` for
 * requests that stand for what they ask for.
 */
export interface Pins {
  readonly all: string | undefined;
  /** Exceptions, by the version asked for. */
  readonly each: ReadonlyMap<string, string | undefined>;
}

export const NO_PINS: Pins = { all: undefined, each: new Map() };

/** The artefact that swaps put in the place of what is asked for. */
export function pinnedId({ version, exact }: ModelRequest, { all, each }: Pins): string | undefined {
  if (exact === true) return undefined;
  return each.has(version) ? each.get(version) : all;
}

/** The same pins, but for some versions asked for, which stand for what they ask for. */
export function unpin(pins: Pins, versions: Iterable<string>): Pins {
  const each = new Map(pins.each);
  for (const version of versions) {
    if (pins.all === undefined) each.delete(version);
    else each.set(version, undefined);
  }
  return { all: pins.all, each };
}

/** The same story, ended by a swap. */
export function choosePinned(explanation: Explanation, id: string): Explanation {
  const { via, candidates } = explanation;
  const pinned = candidates.find((candidate) => candidate.id === id && candidate.record !== undefined);
  return {
    ...explanation,
    via: [...via, `a swap put ${id} in the place of what is asked for`],
    chosen: pinned?.record,
    ambiguous: [],
    candidates: candidates.map((candidate) => {
      if (candidate === pinned) return { ...candidate, chosen: true, reason: 'chosen: a swap put it there' };
      return candidate.record === undefined
        ? candidate
        : {
            ...candidate,
            chosen: false,
            reason: `not chosen: a swap chose ${id}${pinned === undefined ? ', which is gone' : ''}`,
          };
    }),
  };
}
