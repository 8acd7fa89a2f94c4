import type { Cursor } from './cursor.ts';

const MAX_FILTERS = 32;
/** Filters from this number on are registered by their authors and have a name in the file. */
const FIRST_NAMED = 256;

/** One filter that chunks went through when they were written. */
export interface Filter {
  readonly id: number;
  readonly name: string;
  readonly parameters: readonly number[];
}

/** Reads a filter pipeline message, version 1 or 2: the filters in the order of writing. */
export function readFilterPipeline(cursor: Cursor): readonly Filter[] {
  const version = cursor.version([1, 2]);
  const count = cursor.u8();
  if (count > MAX_FILTERS) throw cursor.malformed(`${count} filters, at most ${MAX_FILTERS} are possible`);
  if (version === 1) cursor.skip(6);
  const filters: Filter[] = [];
  for (let i = 0; i < count; i++) {
    const id = cursor.u16();
    const nameBytes = version === 1 || id >= FIRST_NAMED ? cursor.u16() : 0;
    cursor.skip(2);
    const values = cursor.u16();
    const name = cursor.text(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes);
    const parameters: number[] = [];
    for (let value = 0; value < values; value++) parameters.push(cursor.u32());
    if (version === 1 && values % 2 === 1) cursor.skip(4);
    filters.push({ id, name, parameters });
  }
  return filters;
}
