import { SidecarError } from '../errors/sidecar-error.ts';

/** The interpreter does not run. */
export function notStarted(python: string, cause: NodeJS.ErrnoException): SidecarError {
  return new SidecarError(
    'ML_SIDECAR_NO_PYTHON',
    `${python} cannot be started (${cause.code ?? cause.message}); install Python 3, or set ML_PYTHON to an interpreter`,
    { cause, details: { python } },
  );
}

/** It was killed for its time. */
export function tooSlow(timeoutMs: number): SidecarError {
  return new SidecarError('ML_SIDECAR_TIMEOUT', `the sidecar did not end within ${timeoutMs} ms and was killed`, {
    details: { timeoutMs },
  });
}

/** It ended before its work was done. */
export function ended(code: number | null, signal: NodeJS.Signals | null, printed: string): SidecarError {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const said = printed.trim();
  return new SidecarError(
    'ML_SIDECAR_CRASHED',
    `the sidecar ended ${how} before it gave a result${said === '' ? '' : `: ${said.slice(-500)}`}`,
    {
      details: { exitCode: code, signal, output: said },
    },
  );
}
