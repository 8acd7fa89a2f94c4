import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ArtefactError } from '../errors/artefact-error.ts';
import { readChangeJournal } from '../repository/change-journal.ts';
import { DirectoryRepository } from '../repository/directory-repository.ts';
import { scanSettled, settled } from '../repository/scan-settled.ts';
import { type FileFact, scanTree } from '../repository/scan-tree.ts';
import type { Limits } from '../spec/limits.ts';
import type { RepositoryIndex } from '../spec/model-repository.ts';

/** Folders that hold no models and belong to them: how they were trained, what they were asked. */
const BESIDE: readonly string[] = ['training', 'samples'];

/** Everything in a models directory at one moment between two changes. */
export interface ModelsDirectory {
  /** Absolute, links resolved. */
  readonly root: string;
  readonly files: ReadonlyMap<string, FileFact>;
  readonly index: RepositoryIndex;
}

/** @throws `ML_ARTEFACT_MISSING` where there is no such directory */
export async function readModelsDirectory(modelsDir: string, limits: Limits): Promise<ModelsDirectory> {
  const root = await realpath(resolve(modelsDir)).catch((cause: unknown) => {
    throw new ArtefactError('ML_ARTEFACT_MISSING', `there is no models directory ${resolve(modelsDir)}`, { cause });
  });
  for (;;) {
    const { sequence } = readChangeJournal(root);
    const index = await new DirectoryRepository(root, { limits }).index();
    const { journal, files: all } = await scanSettled(root, limits);
    const { files } = settled(all, journal);
    const whole = new Map(files);
    for (const folder of BESIDE) {
      const beside = await scanTree(join(root, folder), limits);
      for (const fact of beside.files.values())
        whole.set(`${folder}/${fact.id}`, { ...fact, id: `${folder}/${fact.id}` });
    }
    // A change that came in between shows in one of these and not in the other.
    if (readChangeJournal(root).sequence === sequence) return { root, files: whole, index };
  }
}
