import type { Finding } from '../spec/scan.ts';
import { MLServiceError } from './ml-service-error.ts';

/** What loading would raise, as a finding of a scan. Whatever is no error of the library is a malformed file. */
export function findingOf(error: unknown): Finding {
  if (!MLServiceError.isInstance(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { severity: 'malformed', code: 'ML_LOADER_FAILED', message };
  }
  const { code, message, details } = error;
  const { offset } = details;
  return { severity: severityOf(code), code, message, ...(typeof offset === 'number' && { offset }) };
}

function severityOf(code: string): Finding['severity'] {
  if (code === 'ML_FORMAT_UNSAFE' || code === 'ML_ARTEFACT_ESCAPES') return 'unsafe';
  return /^ML_(FORMAT_(UNKNOWN|UNSUPPORTED)|ARTEFACT_LFS_POINTER|ENCRYPTION_KEY_[A-Z]+)$/.test(code)
    ? 'unsupported'
    : 'malformed';
}
