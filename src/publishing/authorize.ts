/** What is going to be done to a models directory. */
export interface PublishingAction {
  readonly action: 'publish' | 'restore' | 'prune';
  /** Absolute. */
  readonly modelsDir: string;
  /** Models concerned. */
  readonly models: readonly { readonly name: string; readonly version: string | undefined }[];
}

/** Asked before anything is written; what it throws stops the change. Default: everything is allowed. */
export type Authorize = (action: PublishingAction) => void | Promise<void>;
