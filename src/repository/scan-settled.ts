import type { Limits } from '../spec/limits.ts';
import { type ChangeJournal, isMoving, JOURNAL_ID, readChangeJournal } from './change-journal.ts';
import { type FileFact, scanTree, type TreeScan } from './scan-tree.ts';

/** A look at a tree with what was being changed at that moment. */
export interface SettledScan extends TreeScan {
  readonly journal: ChangeJournal;
}

/**
 * `scanTree` that sees all of a change or nothing of it: where one began or ended meanwhile, it looks again, as often as
 * that takes. Files that are being changed are among `files`; `settled` leaves them out.
 *
 * @param read reads what else has to be of the same moment
 */
export async function scanSettled(
  root: string,
  limits: Limits,
  read: (scan: TreeScan) => Promise<void> = () => Promise.resolve(),
): Promise<SettledScan> {
  let before = readChangeJournal(root);
  for (;;) {
    const scan = await scanTree(root, limits);
    await read(scan);
    const journal = readChangeJournal(root);
    if (journal.sequence === before.sequence) return { ...scan, journal };
    before = journal;
  }
}

/** The files that no change concerns, and a problem where a change is under way. */
export function settled(
  files: ReadonlyMap<string, FileFact>,
  { moving }: ChangeJournal,
): Pick<TreeScan, 'problems'> & { readonly files: ReadonlyMap<string, FileFact> } {
  if (moving.length === 0) return { files, problems: [] };
  const hidden = new Set(moving);
  const problem = {
    id: JOURNAL_ID,
    code: 'ML_PUBLISH_INTERRUPTED',
    message: `files are being changed and are not there until that is done (${moving.slice(0, 3).join(', ')}${moving.length > 3 ? ', ...' : ''}); if no command is doing so, run: base-ml-service recover`,
  };
  return { files: new Map([...files].filter(([id]) => !isMoving(id, hidden))), problems: [problem] };
}
