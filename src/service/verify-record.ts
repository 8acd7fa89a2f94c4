import type { AuthenticityFact } from '../spec/authenticity.ts';
import { isRemote } from '../remote/is-remote.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ModelRecord, ModelRepository, OpenOptions } from '../spec/model-repository.ts';
import type { RegistryConfig } from './registry-config.ts';
import { noFile } from './remote/no-file.ts';

/** What comparing an artefact with its metadata, the lock file and its signature gave. */
export interface Verified {
  /** `ok`: the checksum agrees. `skipped`: the metadata has none that counts. */
  readonly result: 'ok' | 'skipped';
  readonly algorithm: string | undefined;
  /** Bytes read. */
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** `undefined` where neither lock file nor signatures are configured. */
  readonly authenticity: AuthenticityFact | undefined;
}

/**
 * Reads an artefact and compares it, without loading it.
 *
 * @throws `ML_ARTEFACT_*`, `ML_CHECKSUM_*`, `ML_SIZE_MISMATCH`, `ML_LOCK_*`, `ML_SIGNATURE_*`
 */
export async function verifyRecord(
  record: ModelRecord,
  {
    repository,
    config: { verification, limits, authenticity },
    signal = new AbortController().signal,
  }: {
    readonly repository: ModelRepository;
    readonly config: Pick<RegistryConfig, 'verification' | 'limits' | 'authenticity'>;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Verified> {
  const { verifyArtefact } = await import('../integrity/verify-artefact.ts');
  const artefact = await openRecord(repository, record, { maxBytes: limits.maxModelBytes, signal });
  const { result, algorithm } = await verifyArtefact(artefact, record.metadata, verification);
  const ref = { model: record.name, version: record.label ?? record.version, artefact: record.id };
  const proof = await authenticity?.prove({ artefact, ref, metadataFiles: record.metadataFiles, signal });
  return { result, algorithm, bytes: artefact.size, sha256: artefact.sha256, authenticity: proof?.fact };
}

async function openRecord(repository: ModelRepository, record: ModelRecord, options: OpenOptions): Promise<Artefact> {
  if (record.setBy === undefined) return repository.open(record, options);
  if (isRemote(record.id)) return noFile();
  const { openArtefact } = await import('../repository/artefact-reader.ts');
  return openArtefact(undefined, record.id, options);
}
