import type { NdArray } from '../../formats/npy/nd-array.ts';
import type { StoredDType, TensorInfo } from '../../spec/stored-tensor.ts';
import type { Storage } from './storage.ts';

/** Elements of a storage that make a tensor. */
export interface StorageView {
  readonly storage: Storage;
  /** In elements of the tensor's type, from the start of the storage. */
  readonly offset: number;
  /** In elements, one per dimension. */
  readonly strides: readonly number[];
  /** The stored numbers are the conjugates, or the negatives, of the tensor's. */
  readonly conjugate: boolean;
  readonly negative: boolean;
}

/** Where a tensor's elements come from: a storage, an array in the pickle itself, or nowhere (and why). */
export type TensorSource =
  | { readonly kind: 'storage'; readonly view: StorageView }
  | { readonly kind: 'array'; readonly array: NdArray }
  | { readonly kind: 'unreadable'; readonly why: string };

/** A tensor of a file, not read. */
export interface TensorEntry extends TensorInfo {
  readonly dtype: StoredDType;
  readonly source: TensorSource;
}
