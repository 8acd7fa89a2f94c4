import type { AuthenticityFact, MLServiceRegistry, ModelRecord, RepositoryProblem } from '../../index.ts';
import { AUTHENTICITY_FLAGS, authenticityOf } from '../authenticity-options.ts';
import type { CliCommand } from '../cli-command.ts';
import type { Cell } from '../output.ts';
import { printProblems } from '../print-problems.ts';
import { count, humanBytes } from '../text.ts';

interface VerifiedFile {
  readonly id: string;
  readonly bytes: number;
  /** `skipped`: the metadata has no checksum for it. */
  readonly result: 'ok' | 'skipped' | 'failed';
  /** What was compared, e.g. `sha256`. */
  readonly algorithm: string | undefined;
  readonly sha256: string | undefined;
  /** What lock file and signature proved; absent where neither is configured. */
  readonly authenticity: AuthenticityFact | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

interface Verification {
  readonly modelsDir: string;
  readonly ok: boolean;
  readonly files: readonly VerifiedFile[];
  readonly problems: readonly RepositoryProblem[];
}

/** `verify`: whether the bytes are those that the metadata speaks of. */
export const verify: CliCommand<Verification> = {
  name: 'verify',
  summary: 'compares all files, or those of one model, with their metadata, the lock file and their signatures',
  usage: '[name] [version]',
  options: [{ flags: '--require-checksums', summary: 'a file without a checksum fails' }, ...AUTHENTICITY_FLAGS],
  notes: `Without a version all files of the name are verified. Exit code 1 if anything fails.
A lock file (--lock, ML_MODELS_LOCK) or a trusted signer must then cover every file, unless --policy is ifPresent.`,
  async run({ args: [name, version], options, registry: open, out }) {
    const authenticity = authenticityOf(options);
    const registry = await open(authenticity === undefined ? {} : { authenticity });
    const records = await recordsOf(registry, name, version);
    const files: VerifiedFile[] = [];
    for (const record of records) {
      out.progress(`verifying ${files.length + 1} of ${records.length}: ${record.id}`);
      files.push(await verifyOne(registry, record, options['requireChecksums'] === true));
    }
    const problems = name === undefined ? await registry.problems() : [];
    const ok = problems.length === 0 && files.every(({ result }) => result !== 'failed');
    return { modelsDir: registry.config.modelsDir, ok, files, problems };
  },
  async print({ files, problems }, out) {
    const isProved = files.some(({ authenticity }) => authenticity !== undefined);
    const rows = files.map(({ id, bytes, result, algorithm, authenticity }): Cell[] => [
      [LOOKS[result], result],
      algorithm ?? '-',
      ...(isProved ? proofCells(authenticity) : []),
      humanBytes(bytes),
      id,
    ]);
    const proofs = isProved ? ['LOCK', 'SIGNATURE'] : [];
    if (rows.length > 0) await out.table(['RESULT', 'CHECKSUM', ...proofs, 'SIZE', 'FILE'], rows, ['SIZE']);
    for (const { id, error } of files) {
      if (error === undefined) continue;
      out.line();
      out.line(`${id}: ${error.code}`, 'red');
      out.line(`  ${error.message}`);
    }
    await printProblems(problems, out);
    out.line();
    out.line(`${count(files.length, 'file')}: ${summary(files)}`);
  },
  failed: ({ ok }) => !ok,
};

const LOOKS = { ok: 'green', skipped: 'yellow', failed: 'red' } as const;

/** All records, those of a name, or the one that a name and version stand for. */
async function recordsOf(
  registry: MLServiceRegistry,
  name: string | undefined,
  version: string | undefined,
): Promise<readonly ModelRecord[]> {
  // What was set by path has no metadata to be compared with.
  if (name === undefined) return (await registry.models()).filter(({ setBy }) => setBy === undefined);
  if (version !== undefined) return [await registry.resolve(name, version)];
  const named = (await registry.models()).filter((record) => record.name === name);
  // For a name without files, resolving raises the error that lists what is known.
  return named.length > 0 ? named : [await registry.resolve(name)];
}

async function verifyOne(registry: MLServiceRegistry, record: ModelRecord, required: boolean): Promise<VerifiedFile> {
  const { MLServiceError } = await import('../../index.ts');
  try {
    const { result, algorithm, bytes, sha256, authenticity } = await registry.verify(record);
    const error =
      result === 'skipped' && required
        ? { code: 'ML_CHECKSUM_MISSING', message: `no metadata gives a sha256 checksum for ${record.id}` }
        : undefined;
    const shown = error === undefined ? result : 'failed';
    return { id: record.id, bytes, result: shown, algorithm, sha256, authenticity, error };
  } catch (error) {
    if (!MLServiceError.isInstance(error)) throw error;
    const { code, message } = error;
    const nothing = { algorithm: undefined, sha256: undefined, authenticity: undefined };
    const failed = { result: 'failed', ...nothing } as const;
    return { id: record.id, bytes: record.size, ...failed, error: { code, message } };
  }
}

function proofCells(fact: AuthenticityFact | undefined): string[] {
  const shown = (state: AuthenticityFact['lock'] = 'off'): string => (state === 'off' ? '-' : state);
  return [shown(fact?.lock), fact?.signedBy?.method ?? shown(fact?.signature)];
}

function summary(files: readonly VerifiedFile[]): string {
  const number = (wanted: VerifiedFile['result']): number => files.filter(({ result }) => result === wanted).length;
  return `${number('ok')} ok, ${number('skipped')} without a checksum, ${number('failed')} failed`;
}
