import type { DType } from '../spec/tensor.ts';
import type { TfList } from './tf-list.ts';
import type { TfTensor } from './tf-tensor.ts';

/** A variable: a handle whose value the checkpoint has. */
export interface TfVariable {
  readonly kind: 'variable';
  /** Name of the node that makes the handle. */
  readonly name: string;
  readonly read: () => TfTensor;
}

/** A table from keys to values. */
export interface TfTable {
  readonly kind: 'table';
  readonly name: string;
  readonly entries: () => { readonly keys: TfTensor; readonly values: TfTensor };
}

/** The handle of a TensorFlow 1 array of tensors; its values travel as the flow. */
export interface TfArrayHandle {
  readonly kind: 'array';
  readonly dtype: DType;
}

/** What a node gives that cannot be translated: whatever uses it cannot either. */
export interface TfUnknown {
  readonly kind: 'unknown';
}

export const UNKNOWN: TfUnknown = { kind: 'unknown' };

/** What travels along an edge of the TensorFlow graph. */
export type TfValue = TfTensor | TfVariable | TfTable | TfList | TfArrayHandle | TfUnknown;
