/** The list with its elements changed; the very list that was given where none changes. */
export function changedList<T>(list: readonly T[], change: (element: T) => T): readonly T[] {
  const changed = list.map(change);
  return changed.every((element, i) => element === list[i]) ? list : changed;
}
