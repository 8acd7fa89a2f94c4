/** Rows to ask a model with, and what the original answered, one answer per row. */
export interface ModelSamples {
  readonly rows: readonly unknown[];
  /** Labels, values, or an array of them per row for several outputs. */
  readonly predict?: readonly unknown[];
  readonly predict_proba?: readonly unknown[];
  readonly decision_function?: readonly unknown[];
  readonly transform?: readonly unknown[];
}

/**
 * Metadata of one model as in the models directory's contract. Field names are the contract's;
 * fields that it does not know are kept in `extra`.
 */
export interface ModelMetadata {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly algorithm?: string;
  readonly framework?: string;
  /** ISO 8601 date-time. */
  readonly created_at?: string;
  readonly trained_on?: string;
  /** Feature names in training order. */
  readonly features?: readonly string[];
  readonly target?: string | readonly string[];
  readonly metrics?: Readonly<Record<string, unknown>>;
  /** Relative to the models directory, POSIX separators. */
  readonly file_path?: string;
  /** Bytes, or a human size such as `2.5MB`. */
  readonly file_size?: string | number;
  /** `<algorithm>:<hex digest>`, e.g. `sha256:...`. */
  readonly checksum?: string;
  /** Further artefacts of the model: path relative to the models directory, to checksum. */
  readonly files?: Readonly<Record<string, string>>;
  /** Class labels in the order of the probability columns. */
  readonly classes?: readonly (string | number | boolean)[];
  /** Roles of graph outputs, e.g. `{ "label": "output_label", "probabilities": "output_probability" }`. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Facts of features by name, each an `InputFeature`; judged when a contract is compiled from it. */
  readonly input_schema?: unknown;
  /** Asked at warm-up, compared before a version takes over from another. In the file also a bare array of rows. */
  readonly samples?: ModelSamples;
  /** Framework version, e.g. that of scikit-learn. */
  readonly framework_version?: string;
  /** Everything else that the file says. */
  readonly extra: Readonly<Record<string, unknown>>;
}
