import { join } from 'node:path';
import { readSmallFile } from './read-small-file.ts';

/** What the library keeps for itself in a models directory; hidden, and never a model. */
export const OWN_FOLDER = '.base-ml-service';
/** Id of the file that says what is being changed. */
export const JOURNAL_ID: string = `${OWN_FOLDER}/journal.json`;

const MAX_JOURNAL_BYTES = 64 * 2 ** 20;

/** What the readers of a models directory need to know of a change that is under way. */
export interface ChangeJournal {
  /** Grows with every change that begins and every change that ends. */
  readonly sequence: number;
  /** Files and folders that are being put, replaced or removed; for readers they are not there until that is done. */
  readonly moving: readonly string[];
}

const NOTHING: ChangeJournal = { sequence: 0, moving: [] };

/**
 * The journal of a models directory. One that is missing, or none at all, says that nothing is under way: it is only
 * ever replaced by renaming, so half of one is not ours.
 */
export function readChangeJournal(root: string): ChangeJournal {
  try {
    const journal: unknown = JSON.parse(readSmallFile(join(root, JOURNAL_ID), MAX_JOURNAL_BYTES));
    return isJournal(journal) ? journal : NOTHING;
  } catch {
    return NOTHING;
  }
}

/** Whether an id is one of those, or lies below one. */
export function isMoving(id: string, moving: ReadonlySet<string>): boolean {
  if (moving.size === 0) return false;
  for (let slash = id.indexOf('/'); slash > 0; slash = id.indexOf('/', slash + 1))
    if (moving.has(id.slice(0, slash))) return true;
  return moving.has(id);
}

function isJournal(value: unknown): value is ChangeJournal {
  if (typeof value !== 'object' || value === null) return false;
  const { sequence, moving } = value as Partial<Record<keyof ChangeJournal, unknown>>;
  return Number.isSafeInteger(sequence) && Array.isArray(moving) && moving.every((id) => typeof id === 'string');
}
