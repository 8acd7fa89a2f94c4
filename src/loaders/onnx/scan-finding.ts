import { MLServiceError } from '../../errors/ml-service-error.ts';
import type { Finding } from '../../spec/scan.ts';

/** An error that stopped a scan, as a finding; what is no error of the library is thrown on. */
export function findingOf(error: unknown): Finding {
  if (!MLServiceError.isInstance(error)) throw error;
  const { code, message } = error;
  if (code === 'ML_FORMAT_UNSAFE' || code === 'ML_ARTEFACT_ESCAPES') return { severity: 'unsafe', code, message };
  if (code === 'ML_FORMAT_UNSUPPORTED') return { severity: 'unsupported', code, message };
  return { severity: 'malformed', code, message };
}
