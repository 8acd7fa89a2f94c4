import { MLServiceError } from '../errors/ml-service-error.ts';
import { parseChecksum } from '../integrity/checksum.ts';
import { sizeMatches } from '../internal/human-size.ts';
import type { Limits } from '../spec/limits.ts';
import type { ModelRecord, RepositoryProblem } from '../spec/model-repository.ts';
import type { BackupModel } from './backup-manifest.ts';
import type { Digested } from './hashing-copy.ts';
import { describes, filesOfModel, type MetadataFile, metadataFiles, trainingScriptOf } from './metadata-documents.ts';
import type { ModelsDirectory } from './read-models-directory.ts';
import { folderDigest } from './release-files.ts';

/** Algorithms besides sha256 by the file whose checksum is stated so. */
export function digestsNeeded(records: readonly ModelRecord[]): Map<string, readonly string[]> {
  const needed = new Map<string, readonly string[]>();
  for (const [id, checksum] of records.flatMap(statedOf)) {
    const algorithm = algorithmOf(checksum);
    if (algorithm !== undefined && algorithm !== 'sha256') needed.set(id, [...(needed.get(id) ?? []), algorithm]);
  }
  return needed;
}

/** Compares every model with its metadata. What cannot be trusted is in `refused`. */
export function checkModels(
  { root, files, index }: ModelsDirectory,
  digested: ReadonlyMap<string, Digested>,
  { maxMetadataBytes }: Limits,
): { readonly models: readonly BackupModel[]; readonly refused: readonly RepositoryProblem[] } {
  const documents = metadataFiles(root, files.keys(), maxMetadataBytes);
  const ids = [...files.keys()];
  const refused: RepositoryProblem[] = [];
  const models = index.records.map((record): BackupModel => {
    const own = filesOfModel(record, ids);
    const problem = record.problem ?? mismatchIn(record, own, digested);
    if (problem !== undefined) refused.push(problem);
    return modelOf(record, { own, documents, known: files });
  });
  return { models, refused };
}

function modelOf(
  record: ModelRecord,
  {
    own,
    documents,
    known,
  }: {
    readonly own: readonly string[];
    readonly documents: readonly MetadataFile[];
    readonly known: ModelsDirectory['files'];
  },
): BackupModel {
  const { id, area, name, kind, label, version, date, metadata } = record;
  const describing = documents.filter(({ models }) => models.some((model) => describes(model, record)));
  const script = trainingScriptOf(record);
  const scripts = script !== undefined && known.has(script) ? [script] : [];
  const files = [...new Set([...own, ...scripts, ...describing.map((document) => document.id)])];
  const verified = metadata?.checksum !== undefined;
  return { id, area, name, label, version, date, kind, files, verified, metadata };
}

function mismatchIn(
  record: ModelRecord,
  own: readonly string[],
  digested: ReadonlyMap<string, Digested>,
): RepositoryProblem | undefined {
  const { id, metadata, kind } = record;
  const inside = own.map((one) => ({ id: one, sha256: digested.get(one)?.sha256 ?? '' }));
  const size = kind === 'file' ? digested.get(id)?.size : undefined;
  const stated = metadata?.file_size;
  if (size === 0) return { id, code: 'ML_ARTEFACT_EMPTY', message: 'the file is empty' };
  if (size !== undefined && stated !== undefined && sizeMatches(stated, size) === false)
    return { id, code: 'ML_SIZE_MISMATCH', message: `it has ${size} bytes, ${stated} are stated` };
  for (const [file, checksum] of statedOf(record)) {
    try {
      const { algorithm, digest } = parseChecksum(checksum);
      const found = digested.get(file);
      const actual =
        file === id && kind === 'directory'
          ? folderDigest(id, inside)
          : algorithm === 'sha256'
            ? found?.sha256
            : found?.digests.get(algorithm);
      if (actual === undefined) return { id: file, code: 'ML_ARTEFACT_MISSING', message: `${id} needs it` };
      if (actual !== digest)
        return { id: file, code: 'ML_CHECKSUM_MISMATCH', message: `${algorithm} is ${actual}, stated is ${digest}` };
    } catch (error) {
      if (!MLServiceError.isInstance(error)) throw error;
      return { id: file, code: error.code, message: error.message };
    }
  }
  return undefined;
}

/** Checksums of a model's files. Those of other formats of it are stated for them too, and compared there. */
function statedOf({ id, metadata }: ModelRecord): (readonly [id: string, checksum: string])[] {
  if (metadata === undefined) return [];
  const { checksum, files = {} } = metadata;
  return [
    ...(checksum === undefined ? [] : [[id, checksum] as const]),
    ...Object.entries(files).filter(([file]) => file !== id),
  ];
}

function algorithmOf(checksum: string): string | undefined {
  try {
    return parseChecksum(checksum).algorithm;
  } catch {
    return undefined;
  }
}
