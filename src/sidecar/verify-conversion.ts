import { SidecarError } from '../errors/sidecar-error.ts';
import type { ConvertedInput } from '../spec/converter.ts';
import { compareAnswers, type Comparison, type ExpectedOutput } from './compare-answers.ts';
import { compareCases, type ExpectedTensor } from './compare-cases.ts';
import { type GraphFeed, runGraph } from './graph-run.ts';
import { rowCases } from './row-cases.ts';
import type { WorkerResult } from './worker-request.ts';

/** Where and how long the graph may run. */
export interface VerifyOptions {
  /** Address of the runtime. */
  readonly runtime: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** A graph that answers as the original. */
export interface Verified {
  readonly onnx: Uint8Array;
  readonly comparison: Comparison;
  /** What rows the original takes; absent for a network, which takes what its tensors hold. */
  readonly input?: ConvertedInput;
}

/** A case as a worker describes it. */
interface NetworkCase {
  readonly feeds: readonly GraphFeed[];
  readonly expected: readonly ExpectedTensor[];
}

/**
 * Has the graph answer what the original was asked, in a process of its own, and compares.
 *
 * @throws `ML_SIDECAR_MISMATCH`, `ML_SIDECAR_PROTOCOL`
 */
export async function verifyConversion({ result, blobs }: WorkerResult, options: VerifyOptions): Promise<Verified> {
  const [onnx, ...data] = blobs;
  if (onnx === undefined) throw incomplete('without a graph');
  const { cases, rows, expected, feeds } = result;
  if (Array.isArray(cases) && cases.length > 0) {
    const asked = cases as readonly NetworkCase[];
    const answers = await runGraph({ ...options, onnx, cases: asked.map((one) => one.feeds), blobs: data });
    const comparison = compareCases({ cases: asked.map((one) => one.expected), blobs: data }, answers);
    return { onnx, comparison };
  }
  if (typeof rows !== 'number' || !Array.isArray(expected) || expected.length === 0) {
    throw incomplete('without answers to compare');
  }
  const [all = [], ...single] = await runGraph({ ...options, onnx, ...rowCases(feeds, rows, data) });
  const comparison = compareAnswers(expected as ExpectedOutput[], { all, single });
  return { onnx, comparison, input: inputOf(result) };
}

/** @throws `ML_SIDECAR_PROTOCOL` */
function inputOf({ columns, features, takes }: WorkerResult['result']): ConvertedInput {
  const { missing, infinite } = (takes ?? {}) as { missing?: unknown; infinite?: unknown };
  const names = Array.isArray(features) ? features.map(String) : undefined;
  if (typeof columns === 'number' && typeof missing === 'boolean' && typeof infinite === 'boolean') {
    return { columns, features: names, missing, infinite };
  }
  throw incomplete('without saying what it takes');
}

function incomplete(what: string): SidecarError {
  return new SidecarError('ML_SIDECAR_PROTOCOL', `the sidecar sent a conversion ${what}`);
}
