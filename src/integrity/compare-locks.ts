import { entryOf, type LockedFile, type ModelsLock } from './models-lock.ts';

/** One difference between a lock and what is there. */
export interface LockDifference {
  /** Path below the models directory. */
  readonly id: string;
  readonly change: 'added' | 'missing' | 'changed';
}

/** What was added, is missing, or changed since a lock was written; in the order of the paths. */
export function compareLocks(pinned: ModelsLock, found: ModelsLock): LockDifference[] {
  const before = { ...pinned.files, ...pinned.models };
  const now = { ...found.files, ...found.models };
  const ids = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return ids.flatMap((id): LockDifference[] => {
    const was = entryOf<LockedFile>(before, id);
    const is = entryOf<LockedFile>(now, id);
    if (was === undefined) return [{ id, change: 'added' }];
    if (is === undefined) return [{ id, change: 'missing' }];
    return plainText(was) === plainText(is) ? [] : [{ id, change: 'changed' }];
  });
}

/** Everything that an entry says, whatever the order of its fields. */
function plainText(entry: LockedFile): string {
  return JSON.stringify(entry, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
