import { runSliced } from '../../formats/compression/time-slices.ts';

/** Elements somewhere in bytes. */
export interface Strided {
  readonly bytes: Uint8Array;
  /** Byte of the first element. */
  readonly start: number;
  readonly shape: readonly number[];
  /** In bytes. */
  readonly strides: readonly number[];
  readonly width: number;
}

/** Bytes copied between two looks at the clock. */
const STEP_BYTES = 256 * 1024;

/**
 * The elements in row-major order: a view where they already lie so, else a copy, made without holding the event
 * loop.
 */
export async function gather(view: Strided, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const { bytes, start, width } = view;
  const count = view.shape.reduce((product, extent) => product * extent, width);
  if (count === 0) return bytes.subarray(0, 0);
  const { outer, run } = collapse(view);
  if (outer.length === 0) return bytes.subarray(start, start + run);
  const out = new Uint8Array(count);
  const index = outer.map(() => 0);
  let from = start;
  let to = 0;
  const next = (): void => {
    for (let d = outer.length - 1; d >= 0; d--) {
      const { extent, stride } = outer[d] as Outer;
      from += stride;
      const at = (index[d] as number) + 1;
      index[d] = at;
      if (at < extent) return;
      from -= stride * extent;
      index[d] = 0;
    }
  };
  await runSliced(
    () => {
      for (const end = Math.min(count, to + STEP_BYTES); to < end; to += run) {
        if (run <= 16) for (let b = 0; b < run; b++) out[to + b] = bytes[from + b] as number;
        else out.set(bytes.subarray(from, from + run), to);
        next();
      }
      return to >= count;
    },
    { signal },
  );
  return out;
}

interface Outer {
  readonly extent: number;
  readonly stride: number;
}

/** Dimensions of one element go; those that lie without gaps become one run of bytes. */
function collapse({ shape, strides, width }: Strided): { readonly outer: Outer[]; readonly run: number } {
  const outer: Outer[] = [];
  let run = width;
  for (let d = shape.length - 1; d >= 0; d--) {
    const extent = shape[d] as number;
    const stride = strides[d] as number;
    if (extent === 1) continue;
    if (outer.length === 0 && stride === run) run *= extent;
    else outer.unshift({ extent, stride });
  }
  return { outer, run };
}
