import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { SidecarError } from '../errors/sidecar-error.ts';
import { packParts } from '../internal/pack-parts.ts';
import { pythonHome } from './python-home.ts';

/** What one output gave, every value as text: no number is lost, and NaN has one. */
export interface OutputValues {
  readonly output: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly values: readonly string[];
}

/** One tensor that a graph is fed: texts, or the number of a blob. */
export interface GraphFeed {
  readonly name: string;
  /** Element type, e.g. `float32`. */
  readonly type: string;
  readonly dims: readonly number[];
  readonly texts?: readonly string[];
  readonly blob?: number;
}

/** One graph with what it is fed. */
export interface GraphRun {
  readonly onnx: Uint8Array;
  /** The tensors of every run. */
  readonly cases: readonly (readonly GraphFeed[])[];
  /** Blobs by number, the first being 1: elements as they lie in memory, little-endian. */
  readonly blobs: readonly Uint8Array[];
  /** File of the runtime, as an address to import. */
  readonly runtime: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

const MAX_ANSWER = 256 * 2 ** 20;

/**
 * Runs a graph in a child process with the runtime that will serve it: a crash there is an error here.
 *
 * @returns the outputs of every case
 * @throws `ML_SIDECAR_MISMATCH` where the graph does not run, `ML_SIDECAR_PROTOCOL`
 */
export async function runGraph(run: GraphRun): Promise<readonly (readonly OutputValues[])[]> {
  const { onnx, cases, blobs, runtime, signal, timeoutMs } = run;
  const input = packParts({ cases }, [onnx, ...blobs]);
  const text = await new Promise<string>((resolve, reject) => {
    const child = spawn(process.execPath, [join(pythonHome(), 'run_graph.mjs'), runtime], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      killSignal: 'SIGKILL',
    });
    const parts: Buffer[] = [];
    let received = 0;
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > MAX_ANSWER) child.kill('SIGKILL');
      else parts.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => reject(notRun(error.message)));
    child.once('close', (code, killed) => {
      if (code === 0) resolve(Buffer.concat(parts).toString('utf8'));
      else
        reject(
          notRun(killed === null ? (/Error: .*/.exec(said)?.[0] ?? said.trim()) : `the process ended by ${killed}`),
        );
    });
    child.stdin.end(input);
  });
  return JSON.parse(text) as OutputValues[][];
}

function notRun(reason: string): SidecarError {
  return new SidecarError(
    'ML_SIDECAR_MISMATCH',
    `the converted graph does not run in the runtime that would serve it: ${reason.slice(0, 500)}`,
  );
}
