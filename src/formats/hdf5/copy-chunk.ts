/** Where a chunk goes in its dataset. Extents and positions are in elements. */
export interface ChunkPlace {
  readonly shape: readonly number[];
  readonly chunkShape: readonly number[];
  readonly start: readonly number[];
  readonly elementSize: number;
}

/** Fewer bytes are copied faster one by one. */
const SHORT_RUN = 32;

/** Copies a chunk to its place, both row-major; what reaches beyond the dataset is left out. */
export function copyChunk(chunk: Uint8Array, out: Uint8Array, place: ChunkPlace): void {
  const { shape, chunkShape, start, elementSize } = place;
  const rank = shape.length;
  const counts = shape.map((extent, i) => Math.min(chunkShape[i] ?? 1, extent - (start[i] ?? 0)));
  // Trailing dimensions that a chunk spans whole are one run of bytes with the dimension before them.
  let first = rank - 1;
  while (first > 0 && counts[first] === shape[first] && chunkShape[first] === shape[first]) first--;
  const tail = shape.slice(first + 1).reduce((product, extent) => product * extent, elementSize);
  const runBytes = (counts[first] ?? 1) * tail;
  const outSteps = steps(shape, elementSize);
  const chunkSteps = steps(chunkShape, elementSize);
  let to = start.reduce((sum, at, i) => sum + at * (outSteps[i] ?? 0), 0);
  let from = 0;
  const position = counts.map(() => 0);
  for (;;) {
    if (runBytes > SHORT_RUN) out.set(chunk.subarray(from, from + runBytes), to);
    else for (let i = 0; i < runBytes; i++) out[to + i] = chunk[from + i] ?? 0;
    let dimension = first - 1;
    for (; dimension >= 0; dimension--) {
      const next = (position[dimension] ?? 0) + 1;
      to += outSteps[dimension] ?? 0;
      from += chunkSteps[dimension] ?? 0;
      if (next < (counts[dimension] ?? 1)) {
        position[dimension] = next;
        break;
      }
      position[dimension] = 0;
      to -= next * (outSteps[dimension] ?? 0);
      from -= next * (chunkSteps[dimension] ?? 0);
    }
    if (dimension < 0) return;
  }
}

/** Bytes from one element to the next along each dimension. */
function steps(shape: readonly number[], elementSize: number): readonly number[] {
  const out = shape.map(() => elementSize);
  for (let i = shape.length - 2; i >= 0; i--) out[i] = (out[i + 1] ?? 0) * (shape[i + 1] ?? 1);
  return out;
}
