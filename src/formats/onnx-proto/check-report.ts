import { FormatError, type FormatErrorCode } from '../../errors/format-error.ts';
import type { Finding } from '../../spec/scan.ts';
import type { OnnxMessage } from './onnx-model.ts';

const SEVERITY: ReadonlyMap<string, Finding['severity']> = new Map([
  ['ML_FORMAT_UNSAFE', 'unsafe'],
  ['ML_FORMAT_UNSUPPORTED', 'unsupported'],
]);
const WORST_FIRST: readonly Finding['severity'][] = ['unsafe', 'malformed', 'unsupported'];
/** A broken file can be wrong in every element; the first problems tell enough. */
const MAX_FINDINGS = 100;

/** Collects what is wrong with a file. */
export class CheckReport {
  readonly findings: Finding[] = [];
  readonly #file: Uint8Array | undefined;
  readonly #counts = new Map<Finding['severity'], number>();

  constructor(file: Uint8Array | undefined) {
    this.#file = file;
  }

  /** @param where the message at fault, for its offset in the file */
  add(code: FormatErrorCode, message: string, where?: OnnxMessage): void {
    const severity = SEVERITY.get(code) ?? 'malformed';
    const count = this.#counts.get(severity) ?? 0;
    if (count >= MAX_FINDINGS) return;
    this.#counts.set(severity, count + 1);
    const source = where?.source;
    const inFile = source !== undefined && this.#file !== undefined && source.buffer === this.#file.buffer;
    const offset = inFile ? source.byteOffset - (this.#file?.byteOffset ?? 0) : undefined;
    this.findings.push({ severity, code, message, ...(offset === undefined ? {} : { offset }) });
  }

  /** Whether further malformed parts would not be noted. */
  get isFull(): boolean {
    return (this.#counts.get('malformed') ?? 0) >= MAX_FINDINGS;
  }

  /** Runs a check that throws, and keeps what it throws; gives `undefined` then. */
  attempt<T>(where: OnnxMessage, check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.add(error.code as FormatErrorCode, error.message, where);
      return undefined;
    }
  }
}

/**
 * Throws the worst of the findings (unsafe before malformed before unsupported), the others in
 * `details.findings`; returns when there are none.
 */
export function throwWorst(findings: readonly Finding[]): void {
  const worst = WORST_FIRST.map((severity) => findings.find((finding) => finding.severity === severity)).find(
    (finding) => finding !== undefined,
  );
  if (worst === undefined) return;
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more problems)` : '';
  throw new FormatError(worst.code as FormatErrorCode, `${worst.message}${more}`, {
    details: { findings, ...(worst.offset === undefined ? {} : { offset: worst.offset }) },
  });
}
