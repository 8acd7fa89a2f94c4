import type { CallOptions, Feeds } from '../spec/model.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { Rows } from '../spec/rows.ts';

/**
 * `int8`: weights of matrix products and looked-up tables in 8 bits, products computed in integers.
 * `float16`: weights in half precision, computed in float32 as before.
 */
export type QuantizationMethod = 'int8' | 'float16';

/** How a model is made smaller. */
export interface QuantizeOptions extends Pick<CallOptions, 'signal'> {
  readonly method: QuantizationMethod;
  /** Where the smaller file goes; must not exist. Its folder must. */
  readonly output: string;
  /** Rows to compare with, as the model takes them. Default: `metadata.samples`. */
  readonly rows?: Rows;
  /** For a graph without row methods: named tensors to compare with, in place of `rows`. */
  readonly feeds?: Feeds;
  /**
   * Largest allowed difference of a number that the model gives, as a share of the largest magnitude among
   * the numbers of that method, or of 1 where that is smaller. Default 0.05 for `int8`, 0.005 for `float16`.
   */
  readonly maxChange?: number;
  /** Labels that may differ, as a share of the rows. Default 0. */
  readonly maxLabelChanges?: number;
  /** As a metadata file would say: feature names, outputs, classes, samples. */
  readonly metadata?: Partial<ModelMetadata>;
}

/** A weight of the graph. */
export interface RewrittenWeight {
  /** Operators that read it. */
  readonly operator: string;
  readonly weight: string;
  readonly shape: readonly number[];
  /** Why it stayed as it was; absent where it was made smaller. */
  readonly reason?: string;
}

/** What became of the answers to the sample rows. */
export interface AnswerChange {
  /** `predict`, `predictProba`, ..., or the name of an output of `run`. */
  readonly answer: string;
  /** Largest difference of a number, as `QuantizeOptions.maxChange` counts; 0 where the answers are labels. */
  readonly change: number;
  /** Row with that difference. */
  readonly row: number;
  /** Answers that are not the same label. */
  readonly labels: number;
}

/** What making a model smaller gave. */
export interface QuantizationReport {
  readonly path: string;
  readonly output: string;
  readonly method: QuantizationMethod;
  /** Bytes with external data; the output is always one file. */
  readonly bytes: { readonly before: number; readonly after: number };
  readonly sha256: string;
  readonly smaller: readonly RewrittenWeight[];
  readonly kept: readonly RewrittenWeight[];
  /** Rows that were compared. */
  readonly rows: number;
  readonly changes: readonly AnswerChange[];
  /** Median microseconds of one call with all sample rows. */
  readonly microseconds: { readonly before: number; readonly after: number };
}
