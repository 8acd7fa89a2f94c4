import { FormatError } from '../../errors/format-error.ts';
import { NdArray } from '../npy/nd-array.ts';
import { isNode, PyObject, type PyValue } from '../pickle/nodes.ts';
import { columnValues, plainItems } from './pandas-array.ts';

/** A DataFrame as columns: `null` is None, NaN is NaN, integers beyond 2^53 are bigints. */
export interface DataFrameValue {
  readonly columns: ReadonlyMap<string, readonly unknown[]>;
  readonly index: readonly unknown[];
}

/** A Series as an array with a name. */
export interface SeriesValue {
  readonly name: unknown;
  readonly values: readonly unknown[];
  readonly index: readonly unknown[];
}

/** Before pandas 3 the classes were named by the modules in which they are defined. */
const FRAMES: ReadonlySet<string> = new Set(['pandas.DataFrame', 'pandas.core.frame.DataFrame']);
const SERIES: ReadonlySet<string> = new Set(['pandas.Series', 'pandas.core.series.Series']);

/** Whether an object is a DataFrame, a Series, an Index or an array of pandas. */
export function isPandas(object: PyObject): boolean {
  const { path } = object.cls;
  return FRAMES.has(path) || SERIES.has(path) || isIndex(object) || isArray(object);
}

function isIndex(object: PyObject): boolean {
  return /^pandas\.(?:\w+\.)*\w*Index$/.test(object.cls.path);
}

function isArray(object: PyObject): boolean {
  return /^pandas\.(?:\w+\.)*(?:\w*Array|Categorical)$/.test(object.cls.path);
}

/**
 * A DataFrame, Series, Index or array of pandas as plain arrays, in the layouts of pandas 0.25 to 3.
 *
 * Source: pandas/core/internals/managers.py (`BlockManager`), pandas/core/indexes/base.py (`_new_Index`).
 *
 * @throws `ML_FORMAT_UNSUPPORTED` naming the class that cannot be read
 */
export function pandasValue(object: PyObject): DataFrameValue | SeriesValue | readonly unknown[] {
  if (isIndex(object)) return indexValues(object);
  if (isArray(object)) return columnValues(object, 0, undefined);
  const { blocks, axes } = managerOf(object);
  const rows = axes.at(-1);
  const index = rows === undefined ? [] : axisValues(rows);
  if (SERIES.has(object.cls.path)) {
    const [block] = blocks;
    return {
      name: plainItems([object.attr('_name') ?? object.attr('name') ?? null])[0],
      values: block === undefined ? [] : columnValues(block.values, 0, index.length),
      index,
    };
  }
  const names = axes[0] === undefined ? [] : axisValues(axes[0]).map(String);
  const columns = new Map<string, readonly unknown[]>();
  const found = new Map<number, readonly unknown[]>();
  for (const { values, places } of blocks) {
    for (const [i, place] of places(names.length).entries()) found.set(place, columnValues(values, i, index.length));
  }
  for (const [place, name] of names.entries()) {
    const values = found.get(place);
    if (values === undefined)
      throw new FormatError('ML_FORMAT_MALFORMED', `the DataFrame lacks the data of column ${JSON.stringify(name)}`);
    columns.set(name, values);
  }
  return { columns, index };
}

/** The values of a pandas Index. */
export function indexValues(index: PyObject): readonly unknown[] {
  const [start, stop, step] = ['start', 'stop', 'step'].map((name) => index.attr(name));
  if (typeof start === 'number' && typeof stop === 'number' && typeof step === 'number' && step !== 0) {
    const length = Math.max(0, Math.ceil((stop - start) / step));
    if (length > 100_000_000) throw new FormatError('ML_FORMAT_LIMIT', `an index of ${length} values is too long`);
    return Array.from({ length }, (_, i) => start + i * step);
  }
  const data = index.attr('data');
  if (data === undefined) throw unreadable(index.cls.path);
  return columnValues(data, 0, undefined);
}

interface Block {
  readonly values: PyValue;
  /** Columns of the frame that the rows of this block are. */
  readonly places: (columns: number) => readonly number[];
}

function managerOf(object: PyObject): { readonly blocks: readonly Block[]; readonly axes: readonly PyValue[] } {
  const manager = object.attr('_mgr') ?? object.attr('_data');
  if (!(manager instanceof PyObject)) throw unreadable(object.cls.path);
  const [blocks, axes] = manager.args;
  if (blocks !== undefined && axes !== undefined) {
    return { axes: itemsOf(axes, manager), blocks: itemsOf(blocks, manager).map((block) => blockOf(block, manager)) };
  }
  return fromState(manager);
}

/** The state of pandas before 1.3, and of a Series: `(axes, values, items, {'0.14.1': {axes, blocks}})`. */
function fromState(manager: PyObject): { readonly blocks: readonly Block[]; readonly axes: readonly PyValue[] } {
  const state = itemsOf(manager.state, manager);
  const extra = state[3];
  const layout = isNode(extra) && extra.kind === 'dict' ? extra.get('0.14.1') : undefined;
  if (!isNode(layout) || layout.kind !== 'dict') throw unreadable(manager.cls.path);
  const blocks = itemsOf(layout.get('blocks'), manager).map((block): Block => {
    if (!isNode(block) || block.kind !== 'dict') throw unreadable(manager.cls.path);
    return { values: block.get('values') ?? null, places: (columns) => placesOf(block.get('mgr_locs'), columns) };
  });
  return { axes: itemsOf(layout.get('axes'), manager), blocks };
}

function blockOf(block: PyValue, manager: PyObject): Block {
  const [values, place] = block instanceof PyObject ? block.args : [];
  if (values === undefined) throw unreadable(manager.cls.path);
  return { values, places: (columns) => placesOf(place, columns) };
}

function placesOf(place: PyValue | undefined, columns: number): readonly number[] {
  if (place instanceof NdArray) return Array.from(place.toInt32Array());
  if (place instanceof PyObject && place.args[0] !== undefined) return placesOf(place.args[0], columns);
  if (isNode(place) && place.kind === 'slice') {
    const start = typeof place.start === 'number' ? place.start : 0;
    const stop = typeof place.stop === 'number' ? Math.min(place.stop, columns) : columns;
    const step = typeof place.step === 'number' && place.step > 0 ? place.step : 1;
    return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, i) => start + i * step);
  }
  throw unreadable('pandas block placement');
}

function axisValues(axis: PyValue): readonly unknown[] {
  if (axis instanceof PyObject) return indexValues(axis);
  return columnValues(axis, 0, undefined);
}

function itemsOf(value: PyValue | undefined, manager: PyObject): readonly PyValue[] {
  if (isNode(value) && (value.kind === 'tuple' || value.kind === 'list')) return value.items;
  throw unreadable(manager.cls.path);
}

function unreadable(what: string): FormatError {
  return new FormatError('ML_FORMAT_UNSUPPORTED', `the layout of ${what} in this file is not known`, {
    details: { class: what },
  });
}
