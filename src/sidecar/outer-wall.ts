/** A program that the worker is started in, in place of being started alone. */
export interface OuterWall {
  /** Path of the program. */
  readonly command: string;
  /** Its options; what it starts follows them. */
  readonly args: readonly string[];
}

/** The wall around a worker, or why there is none. */
export type OuterWallFound = { readonly wall: OuterWall } | { readonly missing: string };

/** The layer's name in reports. */
export const OUTER_LAYER = 'bubblewrap';
