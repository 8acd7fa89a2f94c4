import { spawn } from 'node:child_process';

/** How a program ended. */
export interface ProgramEnd {
  /** `undefined` where it could not be started. */
  readonly code: number | null | undefined;
  readonly stdout: string;
  /** The end of what it printed on stderr, or why it did not start. */
  readonly stderr: string;
}

/** What of a program's output is kept. */
const KEPT = 8000;

/** Runs a program of the user's machine with the user's environment, such as an installer. It never throws. */
export function runProgram(
  command: string,
  args: readonly string[],
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal: stop, killSignal: 'SIGKILL' });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout = (stdout + chunk.toString()).slice(-KEPT)));
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-KEPT)));
    child.once('error', (error) => resolve({ code: undefined, stdout, stderr: `${stderr}${error.message}` }));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
