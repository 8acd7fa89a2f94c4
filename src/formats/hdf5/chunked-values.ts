import { type ChunkEntry, type ChunkGrid, positionOf } from './chunk-entry.ts';
import { readChunkIndex } from './chunk-index.ts';
import { copyChunk } from './copy-chunk.ts';
import { checkFilters, undoFilters } from './filters.ts';
import { malformed, overLimit } from './hdf5-problem.ts';
import { FREE_BYTES, MAX_EXPANSION } from './storage-ledger.ts';
import { allocateFilled, checkUnwritten, type ChunkedValues } from './stored-values.ts';

/** The values of a chunked dataset, row-major. */
export function readChunked(values: ChunkedValues): Uint8Array {
  const { space, elementSize, layout } = values;
  const { grid, entries } = openChunks(values);
  const out = allocateFilled(values, space.count * elementSize);
  for (const entry of entries) {
    const chunk = readChunk(values, grid, entry);
    const start = positionOf(entry.place, grid.counts).map((at, i) => at * (layout.chunkShape[i] ?? 1));
    copyChunk(chunk, out, { shape: space.shape, chunkShape: layout.chunkShape, start, elementSize });
  }
  return out;
}

/** Reads every chunk of a dataset without keeping any. */
export function verifyChunked(values: ChunkedValues): void {
  const { grid, entries } = openChunks(values);
  for (const entry of entries) readChunk(values, grid, entry);
}

/** Reads the index, and weighs what the chunks become against what is stored. */
function openChunks(values: ChunkedValues): { readonly grid: ChunkGrid; readonly entries: readonly ChunkEntry[] } {
  const { context, header, space, elementSize, layout, filters } = values;
  checkFilters(filters);
  const { chunkShape } = layout;
  if (chunkShape.length !== space.shape.length || layout.elementSize !== elementSize) {
    throw malformed(
      `chunks of ${chunkShape.length} dimensions and elements of ${layout.elementSize} bytes hold a dataset of ` +
        `${space.shape.length} dimensions and elements of ${elementSize} bytes`,
    );
  }
  const perChunk = (extents: readonly number[]): number[] =>
    extents.map((extent, i) => Math.ceil(extent / (chunkShape[i] ?? 1)));
  const chunkElements = chunkShape.reduce((product, extent) => product * extent, 1);
  const chunkBytes = chunkElements * elementSize;
  if (!Number.isSafeInteger(chunkBytes)) throw malformed('chunks are too large');
  const grid: ChunkGrid = {
    file: context.file,
    layout,
    isFiltered: filters.length > 0,
    chunkBytes,
    counts: perChunk(space.shape),
    maxCounts: perChunk(space.maxShape),
  };
  if (space.count === 0) return { grid, entries: [] };
  const { entries, storedBytes } = readChunkIndex(grid);
  checkDistinct(entries);
  context.ledger.charge(header.address, storedBytes, space.count * elementSize);
  checkUnwritten(values, space.count - entries.length * chunkElements);
  return { grid, entries };
}

/** Two chunks for one place: only one of them can be meant. */
function checkDistinct(entries: readonly ChunkEntry[]): void {
  const places = new Set(entries.map(({ place }) => place));
  if (places.size < entries.length) throw malformed('a dataset has two chunks for the same place');
}

function readChunk(values: ChunkedValues, grid: ChunkGrid, entry: ChunkEntry): Uint8Array {
  const { context, filters, layout } = values;
  const stored = context.file.slice(entry.address, entry.size, 'a chunk');
  const { chunkBytes } = grid;
  if (!grid.isFiltered || (layout.plainEdges && isEdge(values, positionOf(entry.place, grid.counts)))) {
    if (stored.length !== chunkBytes) throw malformed(`a chunk of ${chunkBytes} bytes is stored in ${stored.length}`);
    return stored;
  }
  if (chunkBytes > Math.max(FREE_BYTES, stored.length * MAX_EXPANSION)) {
    throw overLimit(`a chunk of ${chunkBytes} bytes is stored in ${stored.length}`, FREE_BYTES);
  }
  return undoFilters(stored, { filters, mask: entry.mask, chunkBytes });
}

/** Whether a chunk reaches beyond the dataset. */
function isEdge({ space, layout }: ChunkedValues, position: readonly number[]): boolean {
  return position.some((at, i) => (at + 1) * (layout.chunkShape[i] ?? 1) > (space.shape[i] ?? 0));
}
