import { CommanderError } from 'commander';
import type { ErrorCodeEntry } from '../index.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';

/** How an error is shown. */
export interface ErrorStyle {
  readonly json: boolean;
  readonly debug: boolean;
}

interface CodedError extends Error {
  readonly code: string;
  readonly details?: unknown;
}

/** Tells of an error with its code and the remedy, and gives the exit code for it. */
export async function reportError(error: unknown, out: Output, style: ErrorStyle): Promise<ExitCode> {
  if (error instanceof CommanderError) return reportUsage(error, out, style);
  const { ERROR_CODES } = await import('../index.ts');
  const known: Readonly<Record<string, ErrorCodeEntry>> = ERROR_CODES;
  const message = error instanceof Error ? error.message : String(error);
  const code = isCoded(error) && Object.hasOwn(known, error.code) ? error.code : undefined;
  const remedy = code === undefined ? undefined : known[code]?.remedy;
  const stack = style.debug && error instanceof Error ? (error.stack ?? '') : '';
  if (style.json) {
    const details = isCoded(error) ? error.details : undefined;
    out.json({ error: { code: code ?? 'unexpected', message, remedy, details, ...(stack !== '' && { stack }) } });
  } else {
    out.error(`${code ?? 'error'}: ${message}`, 'red');
    if (remedy !== undefined) out.error(remedy);
    for (const line of stack.split('\n').filter((text) => text !== '')) out.error(line, 'dim');
    if (code === undefined && !style.debug) out.error('Run it again with --debug for the place where it happened.');
  }
  return code === 'ML_OPTIONS_INVALID' || code === 'ML_ENV_INVALID' ? EXIT.usage : EXIT.error;
}

/** `commander` has printed its message already, unless the output is for a program. */
function reportUsage(error: CommanderError, out: Output, { json }: ErrorStyle): ExitCode {
  // Help and version that were asked for come as "errors" of exit code 0.
  if (error.exitCode === 0) return EXIT.ok;
  if (json) out.json({ error: { code: 'usage', message: error.message.replace(/^error: /, '') } });
  return EXIT.usage;
}

function isCoded(error: unknown): error is CodedError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
