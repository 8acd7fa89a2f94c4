import type { DType } from '../spec/tensor.ts';
import type { Shape, TfTensor } from './tf-tensor.ts';

/** What is known of a list of tensors, as loops collect their results in. */
export interface TfListType {
  readonly dtype: DType;
  /** Shape of an element, as far as known. */
  readonly element: Shape;
  /** Number of elements, an int32 or int64 without dimensions. */
  readonly length: TfTensor;
}

/**
 * A list of tensors of one shape. It is a stacked tensor, or empty places that nothing was written
 * to, or another list with one element replaced.
 */
export class TfList {
  readonly kind = 'list';
  readonly type: TfListType;
  readonly stacked: TfTensor | undefined;
  readonly written: { readonly list: TfList; readonly index: TfTensor; readonly item: TfTensor } | undefined;
  /** For the list as a loop's body gets it: whether the body looked into it. */
  seen = false;

  constructor(type: TfListType, of?: Pick<TfList, 'stacked'> | Pick<TfList, 'written'>) {
    this.type = type;
    this.stacked = of !== undefined && 'stacked' in of ? of.stacked : undefined;
    this.written = of !== undefined && 'written' in of ? of.written : undefined;
  }
}
