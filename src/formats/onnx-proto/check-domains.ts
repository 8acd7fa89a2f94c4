import type { CheckReport } from './check-report.ts';
import type { OnnxModel, OnnxNode } from './onnx-model.ts';
import { quoted } from './quoted.ts';

/** Operator sets that onnxruntime itself may have; `''` and `ai.onnx` are the same. */
const KNOWN_DOMAINS: ReadonlySet<string> = new Set([
  '',
  'ai.onnx',
  'ai.onnx.ml',
  'ai.onnx.preview',
  'ai.onnx.preview.training',
  'ai.onnx.training',
  'com.microsoft',
  'com.microsoft.dml',
  'com.microsoft.experimental',
  'com.microsoft.nchwc',
  'com.ms.internal.nhwc',
]);

/** Domains, and operators of each, that a message names. */
const MAX_NAMED = 20;

/** Name of an operator: `Add`, `ai.onnx.ml.Scaler`. */
export function operatorName(node: Pick<OnnxNode, 'domain' | 'opType'>): string {
  return node.domain === '' || node.domain === 'ai.onnx' ? node.opType : `${node.domain}.${node.opType}`;
}

/** Identity of a function: what a node must say to call it. */
export function functionKey({
  domain,
  name,
  overload,
}: {
  domain: string;
  name: string;
  overload: string | undefined;
}): string {
  return JSON.stringify([domain === 'ai.onnx' ? '' : domain, name, overload ?? '']);
}

/** Counts operators and gathers those of domains that need a library of their own. */
export class OperatorCensus {
  /** `Add`, `ai.onnx.ml.Scaler`: how often they occur, subgraphs and functions included. */
  readonly operators: Map<string, number> = new Map();
  readonly #unknown = new Map<string, Set<string>>();
  readonly #functions: ReadonlySet<string>;

  constructor(model: OnnxModel) {
    this.#functions = new Set(model.functions.map(functionKey));
  }

  add(node: OnnxNode): void {
    const name = operatorName(node);
    this.operators.set(name, (this.operators.get(name) ?? 0) + 1);
    const { domain, opType, overload } = node;
    if (KNOWN_DOMAINS.has(domain) || this.#functions.has(functionKey({ domain, name: opType, overload }))) return;
    const operators = this.#unknown.get(domain) ?? new Set<string>();
    this.#unknown.set(domain, operators.add(opType));
  }

  /** One finding that names all domains and operators that nothing here can compute. */
  report(report: CheckReport): void {
    if (this.#unknown.size === 0) return;
    const list = [...this.#unknown]
      .slice(0, MAX_NAMED)
      .map(
        ([domain, operators]) =>
          `${quoted(domain)}: ${[...operators].slice(0, MAX_NAMED).map(quoted).sort().join(', ')}`,
      )
      .join('; ');
    report.add(
      'ML_FORMAT_UNSUPPORTED',
      `the model uses operators that need a library of their own (${list}); export it with standard ONNX operators only`,
    );
  }
}
