import type { FileBytes } from './file-bytes.ts';
import { overLimit } from './hdf5-problem.ts';
import type { ChunkedLayout } from './data-layout.ts';

/** One stored chunk. */
export interface ChunkEntry {
  /** Its number among all chunks of the dataset as it is, the last dimension fastest. */
  readonly place: number;
  readonly address: number;
  /** Stored bytes. */
  readonly size: number;
  /** The filters that were skipped for this chunk, as bits. */
  readonly mask: number;
}

/** What an index needs to know of its dataset. */
export interface ChunkGrid {
  readonly file: FileBytes;
  readonly layout: ChunkedLayout;
  readonly isFiltered: boolean;
  /** Bytes of a chunk without filters. */
  readonly chunkBytes: number;
  /** Chunks along each dimension, for the dataset as it is. */
  readonly counts: readonly number[];
  /** Chunks along each dimension, for the dataset as far as it may grow. */
  readonly maxCounts: readonly number[];
}

/** Chunks of one dataset; a real one has thousands. */
const MAX_CHUNKS = 1_000_000;

/** A chunk as an index describes it. */
export type StoredChunk = Omit<ChunkEntry, 'place'>;

/** Which chunk along each dimension a place stands for. */
export function positionOf(place: number, counts: readonly number[]): readonly number[] {
  const position = counts.map(() => 0);
  let rest = place;
  for (let dimension = counts.length - 1; dimension >= 0; dimension--) {
    const count = counts[dimension] ?? 1;
    position[dimension] = rest % count;
    rest = Math.floor(rest / count);
  }
  return position;
}

/** Collects chunks; those outside the dataset, which was shrunk since they were written, are left out. */
export class ChunkList {
  readonly entries: ChunkEntry[] = [];
  /** Bytes of all chunks. */
  storedBytes = 0;
  readonly #grid: ChunkGrid;

  constructor(grid: ChunkGrid) {
    this.#grid = grid;
  }

  add(position: readonly number[], chunk: StoredChunk): void {
    let place = 0;
    for (const [dimension, count] of this.#grid.counts.entries()) {
      const at = position[dimension] ?? 0;
      if (at >= count) return;
      place = place * count + at;
    }
    this.entries.push({ place, ...chunk });
    this.storedBytes += chunk.size;
    const limit = Math.min(MAX_CHUNKS, this.#grid.file.limits.maxElements);
    if (this.entries.length > limit) throw overLimit(`a dataset has more than ${limit} chunks`, limit);
  }

  /** Adds a chunk by its number among all chunks that the dataset may have, the last of the dimensions fastest. */
  addAt(place: number, chunk: StoredChunk, dimensions: readonly number[]): void {
    const { maxCounts } = this.#grid;
    const position = maxCounts.map(() => 0);
    let rest = place;
    for (let i = dimensions.length - 1; i > 0; i--) {
      const dimension = dimensions[i] ?? 0;
      const count = maxCounts[dimension] ?? 1;
      position[dimension] = rest % count;
      rest = Math.floor(rest / count);
    }
    position[dimensions[0] ?? 0] = rest;
    this.add(position, chunk);
  }
}
