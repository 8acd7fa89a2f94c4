import { lstat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type FilePermissions, whoElseWrites } from '../access/file-permissions.ts';
import { DirectoryRepository } from '../repository/directory-repository.ts';
import type { ModelRecord, ModelRepository, OpenedPath, RepositoryProblem } from '../spec/model-repository.ts';

/** Models and folders of a models directory to which others may write; none where nobody asked or there are no files. */
export async function permissionProblems(
  repository: ModelRepository,
  records: readonly ModelRecord[],
  wanted: FilePermissions,
): Promise<readonly RepositoryProblem[]> {
  const problems: RepositoryProblem[] = [];
  if (wanted === 'off' || !(repository instanceof DirectoryRepository)) return problems;
  const [{ resolveLinks }, { tellFolders }] = await Promise.all([
    import('../repository/read-file.ts'),
    import('../repository/tell-folders.ts'),
  ]);
  const { location } = repository;
  // A models directory that is not there is a problem already.
  const root = await resolveLinks(location).catch(() => undefined);
  if (root === undefined) return problems;
  const judge = (opened: OpenedPath): void => {
    const why = whoElseWrites(opened);
    if (why === undefined) return;
    const id = relative(root, opened.path).split(sep).join('/') || '.';
    problems.push({
      id,
      code: 'ML_ARTEFACT_PERMISSIONS',
      message: `${id}: ${why}; take the permission away: chmod go-w`,
    });
  };
  for (const { id } of records) {
    const path = join(root, id);
    try {
      const stat = await lstat(path);
      // A link's own mode means nothing; what it leads to is judged when it is opened.
      const kind = stat.isDirectory() ? 'directory' : 'file';
      if (!stat.isSymbolicLink()) judge({ path, kind, mode: stat.mode, gid: stat.gid, searched: true });
    } catch {
      // Gone since it was listed: there is nothing to judge.
    }
  }
  const folders = records.map(({ id }) => join(root, id));
  await tellFolders(folders, root, judge);
  return problems;
}
