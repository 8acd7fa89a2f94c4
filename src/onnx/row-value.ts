/** Extents of a value's dimensions; `null` where they are not known. */
export type Extents = readonly (number | null)[];

/** What is known of a value on its way through a graph, as far as rows go. */
export type RowValue =
  /** One entry per row along the first dimension, each computed from that row alone. */
  | { readonly kind: 'rows'; readonly shape: Extents }
  /** `[1, rows]`, as taking labels by index gives it. */
  | { readonly kind: 'lying-rows' }
  /** The same for every call. `shape` is `undefined` where it was not worked out. */
  | { readonly kind: 'constant'; readonly shape: readonly number[] | undefined };

export const CONSTANT: RowValue = { kind: 'constant', shape: undefined };

/** Rows with these extents behind the first. */
export function rowsOf(...rest: Extents): RowValue {
  return { kind: 'rows', shape: [null, ...rest] };
}

/** A dimension counted from the front; `undefined` where there is none. */
export function dimension(axis: number, rank: number): number | undefined {
  const at = axis < 0 ? axis + rank : axis;
  return at >= 0 && at < rank ? at : undefined;
}

/**
 * What element by element of several values gives, broadcast as numpy does; `undefined` where rows could meet other
 * rows.
 */
export function broadcast(values: readonly RowValue[]): RowValue | undefined {
  const rows = values.filter((value) => value.kind === 'rows');
  if (rows.length === 0) return values.every(({ kind }) => kind === 'constant') ? CONSTANT : undefined;
  if (values.some(({ kind }) => kind === 'lying-rows')) return undefined;
  const rank = (rows[0] as (typeof rows)[number]).shape.length;
  // Values of other ranks are aligned at the end: the rows of one would meet the columns of another.
  if (rows.some(({ shape }) => shape.length !== rank)) return undefined;
  for (const value of values) {
    if (value.kind !== 'constant') continue;
    const { shape } = value;
    if (shape === undefined || shape.length > rank || (shape.length === rank && shape[0] !== 1)) return undefined;
  }
  const shape = Array.from({ length: rank }, (_, axis) => {
    const extents = values.map((value) => {
      const own = (value as { readonly shape: Extents }).shape;
      const at = axis - rank + own.length;
      return at < 0 ? 1 : (own[at] as number | null);
    });
    return axis === 0 || extents.includes(null) ? null : Math.max(...(extents as number[]));
  });
  return { kind: 'rows', shape };
}
