import type { TensorLike } from './tensor.ts';

/** Columns by name, all of one length. */
export type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

/** The part of an Arrow table that the library uses; any Arrow implementation fits. */
export interface ArrowTableLike {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: string): { toArray(): ArrayLike<unknown>; get(index: number): unknown } | null;
}

/**
 * One row: a record keyed by feature name, an array in feature order, or, for a model with a
 * single input column (text), the bare value.
 */
export type Row = object | string | number | boolean | bigint | null;

/**
 * Rows to predict. Records are matched to features by name; arrays, tensors by position.
 * `null` and `undefined` mean missing.
 */
export type Rows<R = Row> = readonly R[] | TensorLike | ArrowTableLike | Columns;
