/** Upper bounds that keep any file from costing more than it may. */
export interface Limits {
  /** Bytes of one artefact, companion files included. Default 4 GiB; `ML_MAX_MODEL_BYTES`. */
  readonly maxModelBytes: number;
  /** Bytes of one metadata file. Default 1 MiB. */
  readonly maxMetadataBytes: number;
  /** Nesting of subgraphs, containers or objects inside a model file. Default 64. */
  readonly maxNesting: number;
  /** Elements (graph nodes, values, objects) read from one model file. Default 5 million. */
  readonly maxElements: number;
  /** Files below the models directory. Default 100,000. */
  readonly maxFiles: number;
}
