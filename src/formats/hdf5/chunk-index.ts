import { walkBtree1 } from './btree1.ts';
import { walkBtree2 } from './btree2.ts';
import { type ChunkGrid, ChunkList } from './chunk-entry.ts';
import { readExtensibleArray } from './extensible-array.ts';
import { readFixedArray } from './fixed-array.ts';
import { malformed } from './hdf5-problem.ts';

const MASK_BYTES = 4;
/** Records of chunks without and with filters. */
const PLAIN_RECORD = 10;
const FILTERED_RECORD = 11;

/** All stored chunks of a dataset. */
export function readChunkIndex(grid: ChunkGrid): ChunkList {
  const list = new ChunkList(grid);
  const { address, index } = grid.layout;
  if (address === undefined) return list;
  switch (index.kind) {
    case 'btree1':
      readBtree1(grid, address, list);
      break;
    case 'single': {
      const { size, mask } = index.filtered ?? { size: grid.chunkBytes, mask: 0 };
      list.add([], { address, size, mask });
      break;
    }
    case 'implicit':
      readImplicit(grid, address, list);
      break;
    case 'fixed-array':
      readFixedArray(grid, address, list);
      break;
    case 'extensible-array':
      readExtensibleArray(grid, address, list);
      break;
    case 'btree2':
      readBtree2(grid, address, list);
      break;
    default:
      index satisfies never;
  }
  return list;
}

function readBtree1(grid: ChunkGrid, root: number, list: ChunkList): void {
  const { file, layout } = grid;
  const rank = layout.chunkShape.length;
  const shape = { type: 1, what: 'the tree of chunks', keyBytes: 8 + 8 * (rank + 1) } as const;
  walkBtree1(file, root, shape, (key, address) => {
    const size = key.u32();
    const mask = key.u32();
    const position: number[] = [];
    for (const extent of layout.chunkShape) {
      const start = key.uint(8);
      if (start % extent !== 0) throw key.malformed(`a chunk begins at ${start}, which is no multiple of ${extent}`);
      position.push(start / extent);
    }
    if (!grid.isFiltered && size !== grid.chunkBytes) {
      throw key.malformed(`a chunk of ${grid.chunkBytes} bytes is stored in ${size}`);
    }
    list.add(position, { address, size, mask });
  });
}

/** All chunks follow one another: nothing else needs to be kept. */
function readImplicit(grid: ChunkGrid, address: number, list: ChunkList): void {
  const { file, chunkBytes, maxCounts } = grid;
  const count = maxCounts.reduce((product, extent) => product * extent, 1);
  file.slice(address, count * chunkBytes, 'the chunks of a dataset');
  const dimensions = maxCounts.map((_, dimension) => dimension);
  for (let place = 0; place < count; place++) {
    list.addAt(place, { address: address + place * chunkBytes, size: chunkBytes, mask: 0 }, dimensions);
  }
}

function readBtree2(grid: ChunkGrid, address: number, list: ChunkList): void {
  const { file, layout, chunkBytes } = grid;
  const rank = layout.chunkShape.length;
  const expected = grid.isFiltered ? FILTERED_RECORD : PLAIN_RECORD;
  walkBtree2(file, address, { what: 'the tree of chunks', types: [expected] }, (record) => {
    const chunk = record.definedAddress('a chunk');
    const sizeBytes = record.left - MASK_BYTES - 8 * rank;
    if (grid.isFiltered && !(sizeBytes >= 1 && sizeBytes <= 8)) throw record.malformed('a record has the wrong size');
    const size = grid.isFiltered ? record.uint(sizeBytes) : chunkBytes;
    const mask = grid.isFiltered ? record.u32() : 0;
    const position = layout.chunkShape.map(() => record.uint(8));
    if (record.left > 0) throw malformed('a record of a chunk is too long', record.offset);
    list.add(position, { address: chunk, size, mask });
  });
}
