// The part of onnxruntime's JavaScript interface that is called here. The packages are optional
// peers, so that neither this library nor its type declarations may import them.

/** A tensor as the runtime takes and gives it. */
export interface OrtTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** A session of the runtime. */
export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, OrtTensor>>, fetches: readonly string[]): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

/** Session options as the runtime documents them; passed through unread. */
export type OrtSessionOptions = Readonly<Record<string, unknown>>;

/** The module that `onnxruntime-node` and `onnxruntime-web` export. */
export interface OrtModule {
  readonly env: { readonly versions: Readonly<Record<string, string | undefined>> };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: OrtSessionOptions): Promise<OrtSession>;
  };
}
