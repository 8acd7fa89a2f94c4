import { type ChunkedLayout, type DataLayout, readDataLayout } from './data-layout.ts';
import type { Dataspace } from './dataspace.ts';
import { readFillValue, readOldFillValue } from './fill-value.ts';
import { type Filter, readFilterPipeline } from './filter-pipeline.ts';
import type { Hdf5Context } from './hdf5-context.ts';
import { malformed, overLimit, unsafe } from './hdf5-problem.ts';
import { MESSAGE, type ObjectHeader } from './object-header.ts';

/** What says where and how the values of a dataset are stored. */
export interface StoredValues {
  readonly context: Hdf5Context;
  readonly header: ObjectHeader;
  readonly space: Dataspace;
  readonly elementSize: number;
  readonly layout: DataLayout;
  readonly filters: readonly Filter[];
  /** The bytes of an element that was never written; `undefined` for zeros. */
  readonly fill: Uint8Array | undefined;
}

/** A dataset whose values are in chunks. */
export type ChunkedValues = StoredValues & { readonly layout: ChunkedLayout };

/** Reads how a dataset is stored; refuses what is kept in other files. */
export function readStorage(
  context: Hdf5Context,
  header: ObjectHeader,
  { space, elementSize }: { readonly space: Dataspace; readonly elementSize: number },
): StoredValues {
  const offset = context.file.offsetOf(header.address);
  if (header.messages.some(({ type }) => type === MESSAGE.EXTERNAL_FILES)) {
    throw unsafe('the values are kept in other files (external storage), which are never opened', offset);
  }
  const layoutBody = context.find(header, MESSAGE.LAYOUT);
  if (layoutBody === undefined) throw malformed('a dataset has no layout', offset);
  const layout = readDataLayout(layoutBody);
  if (layout.kind === 'virtual') {
    throw unsafe('the values are those of other datasets (a virtual dataset), which may be in other files', offset);
  }
  const filterBody = context.find(header, MESSAGE.FILTERS);
  const filters = filterBody === undefined ? [] : readFilterPipeline(filterBody);
  if (filters.length > 0 && layout.kind !== 'chunked') {
    throw malformed('values are filtered and not in chunks', offset);
  }
  return { context, header, space, elementSize, layout, filters, fill: readFill(context, header, elementSize) };
}

function readFill(context: Hdf5Context, header: ObjectHeader, elementSize: number): Uint8Array | undefined {
  const current = context.find(header, MESSAGE.FILL_VALUE);
  const old = current === undefined ? context.find(header, MESSAGE.OLD_FILL_VALUE) : undefined;
  const fill = current === undefined ? old && readOldFillValue(old) : readFillValue(current);
  if (fill !== undefined && fill.length !== elementSize) {
    throw malformed(`a fill value has ${fill.length} bytes, an element ${elementSize}`);
  }
  return fill === undefined || fill.every((byte) => byte === 0) ? undefined : fill;
}

/** Memory for values: within the limits, all elements the fill value. */
export function allocateFilled({ context, fill }: StoredValues, bytes: number): Uint8Array {
  const { maxModelBytes } = context.file.limits;
  if (bytes > maxModelBytes) throw overLimit(`values of ${bytes} bytes are more than ${maxModelBytes}`, maxModelBytes);
  let out: Uint8Array;
  try {
    out = new Uint8Array(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw overLimit(`values of ${bytes} bytes are more than this process can hold`, bytes);
  }
  if (fill === undefined || bytes === 0) return out;
  out.set(fill);
  for (let done = fill.length; done < bytes; done *= 2) out.copyWithin(done, 0, Math.min(done, bytes - done));
  return out;
}

/** Refuses more elements that were never written than a file may have values. */
export function checkUnwritten({ context }: StoredValues, count: number): void {
  const { maxElements } = context.file.limits;
  if (count <= maxElements) return;
  throw overLimit(
    `${count} values are declared and were never written; at most ${maxElements} are made up`,
    maxElements,
  );
}
