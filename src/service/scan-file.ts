import { decryptArtefact } from '../access/encryption/decrypt-artefact.ts';
import { AbortedError } from '../errors/aborted-error.ts';
import { findingOf } from '../errors/finding-of.ts';
import type { LoaderRegistry } from '../loaders/loader-registry.ts';
import { openArtefact } from '../repository/artefact-reader.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { Limits } from '../spec/limits.ts';
import type { CallOptions } from '../spec/model.ts';
import type { Finding, ScanReport, ScanVerdict } from '../spec/scan.ts';
import { configure } from './registry-config.ts';
import type { RegistryOptions } from './registry-options.ts';

/** Options of `scanFile`; each as in `RegistryOptions`. */
export interface ScanOptions
  extends Pick<CallOptions, 'signal'>,
    Pick<RegistryOptions, 'loaders' | 'limits' | 'encryption'> {}

const WORST_FIRST: readonly ScanVerdict[] = ['unsafe', 'malformed', 'unsupported'];

/** See `scanFile` in `lazy.ts`. */
export async function scanFile(path: string, options: ScanOptions = {}): Promise<ScanReport> {
  const { signal = new AbortController().signal, ...rest } = options;
  const { loaders, limits, encryption } = configure(rest);
  let artefact: Artefact | undefined;
  let sha256: string | undefined;
  let format: string | undefined;
  let findings: readonly Finding[];
  try {
    const stored = await openArtefact(undefined, path, {
      maxBytes: limits.maxModelBytes,
      signal,
      mayStayOpen: (content) => loaders.mayStayOpen(content),
    });
    artefact = stored;
    const opened = await decryptArtefact(stored, encryption);
    sha256 = opened.slices === undefined ? opened.sha256 : await opened.slices.digest('sha256', signal);
    const scanned = await scan(opened, { loaders, limits, signal });
    format = scanned.format;
    findings = scanned.findings;
  } catch (error) {
    if (signal.aborted)
      throw new AbortedError('ML_ABORTED', 'the scan was aborted by its signal', { cause: signal.reason });
    findings = [findingOf(error)];
  } finally {
    await artefact?.slices?.close();
  }
  const verdict = WORST_FIRST.find((severity) => findings.some((finding) => finding.severity === severity)) ?? 'safe';
  return { path, verdict, format, bytes: artefact?.size ?? 0, sha256, findings };
}

async function scan(
  artefact: Artefact,
  {
    loaders,
    limits,
    signal,
  }: { readonly loaders: LoaderRegistry; readonly limits: Limits; readonly signal: AbortSignal },
): Promise<{ readonly format: string; readonly findings: readonly Finding[] }> {
  const { loader } = await loaders.find(artefact);
  if (loader.scan === undefined) {
    const message = `loader "${loader.name}" cannot scan files`;
    return { format: loader.name, findings: [{ severity: 'unsupported', code: 'ML_FORMAT_UNSUPPORTED', message }] };
  }
  try {
    return { format: loader.name, findings: await loader.scan({ artefact, limits, signal }) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { format: loader.name, findings: [findingOf(error)] };
  }
}
