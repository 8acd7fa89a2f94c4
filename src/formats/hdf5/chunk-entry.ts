import type { FileBytes } from './file-bytes.ts';
import { overLimit } from './hdf5-problem.ts';
import type { ChunkedLayout } from './data-layout.ts';

/** One stored chunk. */
export interface ChunkEntry {
  /** Which chunk along each dimension: its first element has these times the chunk's extents as indices. */
  readonly position: readonly number[];
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

/** Collects chunks; those outside the dataset, which was shrunk since they were written, are left out. */
export class ChunkList {
  readonly entries: ChunkEntry[] = [];
  /** Bytes of all chunks. */
  storedBytes = 0;
  readonly #grid: ChunkGrid;

  constructor(grid: ChunkGrid) {
    this.#grid = grid;
  }

  add(entry: ChunkEntry): void {
    if (entry.position.some((at, dimension) => at >= (this.#grid.counts[dimension] ?? 0))) return;
    this.entries.push(entry);
    this.storedBytes += entry.size;
    const { maxElements } = this.#grid.file.limits;
    if (this.entries.length > maxElements) {
      throw overLimit(`a dataset has more than ${maxElements} chunks`, maxElements);
    }
  }

  /** Adds a chunk by its place in the order of all chunks that the dataset may have, the last dimension fastest. */
  addAt(place: number, chunk: Omit<ChunkEntry, 'position'>, dimensions: readonly number[]): void {
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
    this.add({ position, ...chunk });
  }
}
