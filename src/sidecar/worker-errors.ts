import { constants } from 'node:os';
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
export function ended(exitCode: number | null, exitSignal: NodeJS.Signals | null, printed: string): SidecarError {
  const signal = exitSignal ?? signalOf(exitCode);
  const code = signal === null ? exitCode : null;
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

/** A program that others start through, as shells and bubblewrap do, tells a signal as a code from 128 on. */
function signalOf(code: number | null): NodeJS.Signals | null {
  const number = (code ?? 0) - 128;
  const named = Object.entries(constants.signals).find(([, value]) => value === number);
  return (named?.[0] as NodeJS.Signals | undefined) ?? null;
}
