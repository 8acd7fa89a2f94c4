import type { AccessControl } from '../access/access-control.ts';
import type { ModelRecord } from '../spec/model-repository.ts';

/** The records that the caller may inspect. */
export async function visibleRecords(
  records: readonly ModelRecord[],
  access: AccessControl | undefined,
): Promise<readonly ModelRecord[]> {
  if (access === undefined) return records;
  const seen = await Promise.all(
    records.map(({ name, label }) => access.allows('inspect', { model: name, version: label })),
  );
  return records.filter((_, i) => seen[i]);
}
