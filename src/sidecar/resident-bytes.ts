import { readFile } from 'node:fs/promises';

const PAGE_BYTES = 4096;

/** Resident bytes of a process with all that it started; `undefined` where the system does not tell. */
export async function residentBytesOf(pid: number | undefined): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
  const pages = Number(text.split(' ')[1]);
  if (!Number.isInteger(pages)) return undefined;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const started = children.split(' ').filter((child) => child.trim() !== '');
  const theirs = await Promise.all(started.map((child) => residentBytesOf(Number(child))));
  return theirs.reduce<number>((sum, bytes) => sum + (bytes ?? 0), pages * PAGE_BYTES);
}
