/**
 * What a StridedSlice does with a dimension: `range` and `point` take element `at` of the bounds; `from` is the
 * dimension of the input.
 */
export type SlicedAxis =
  | { readonly kind: 'all'; readonly from: number }
  | { readonly kind: 'new' }
  | { readonly kind: 'point'; readonly from: number; readonly at: number }
  | {
      readonly kind: 'range';
      readonly from: number;
      readonly at: number;
      readonly openBegin: boolean;
      readonly openEnd: boolean;
    };

/** One bit per element of the bounds. */
export interface SliceMasks {
  readonly begin: number;
  readonly end: number;
  readonly ellipsis: number;
  readonly newAxis: number;
  readonly shrink: number;
}

const bit = (mask: number, i: number): boolean => Math.floor(mask / 2 ** i) % 2 === 1;

/**
 * The dimensions of a StridedSlice in order, its masks resolved as `tensorflow/core/util/strided_slice_op.cc`
 * does; `undefined` where it names more dimensions than there are.
 */
export function planSlice(given: {
  readonly rank: number;
  readonly count: number;
  readonly masks: SliceMasks;
}): readonly SlicedAxis[] | undefined {
  const { rank, count, masks } = given;
  const plan: SlicedAxis[] = [];
  let from = 0;
  const ellipsis = Array.from({ length: count }, (_, i) => i).find((i) => bit(masks.ellipsis, i));
  const used = Array.from({ length: count }, (_, i) => i).filter(
    (i) => i !== ellipsis && !isNew(masks, i, ellipsis),
  ).length;
  for (let at = 0; at < count; at++) {
    if (at === ellipsis) {
      for (const stop = from + rank - used; from < stop; from++) plan.push({ kind: 'all', from });
    } else if (isNew(masks, at, ellipsis)) plan.push({ kind: 'new' });
    else if (bit(masks.shrink, at)) plan.push({ kind: 'point', from: from++, at });
    else {
      plan.push({ kind: 'range', from: from++, at, openBegin: bit(masks.begin, at), openEnd: bit(masks.end, at) });
    }
  }
  for (; from < rank; from++) plan.push({ kind: 'all', from });
  return from > rank ? undefined : plan;
}

function isNew(masks: SliceMasks, i: number, ellipsis: number | undefined): boolean {
  return i !== ellipsis && bit(masks.newAxis, i);
}
