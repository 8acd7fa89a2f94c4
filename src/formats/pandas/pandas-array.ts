import { FormatError } from '../../errors/format-error.ts';
import { NdArray } from '../npy/nd-array.ts';
import { isNode, PyObject, type PyValue } from '../pickle/nodes.ts';
import { isoDates } from './iso-dates.ts';
import { pythonDate } from './python-date.ts';

/** Tuples as values (of a MultiIndex) may be nested this deep. */
const MAX_DEPTH = 4;

/**
 * One column of a block: of a matrix its row `i`, of a one-dimensional or extension array all of it.
 *
 * @param length values that the column must have; `undefined` where it is not known
 */
export function columnValues(values: PyValue, i: number, length: number | undefined): readonly unknown[] {
  const column = values instanceof NdArray ? ndColumn(values, i) : extensionValues(values, i);
  if (length === undefined || column.length === length) return column;
  throw new FormatError('ML_FORMAT_MALFORMED', `a column has ${column.length} values, its index ${length}`);
}

/** Plain values of Python scalars; anything else is refused. */
export function plainItems(items: readonly PyValue[], depth = 0): unknown[] {
  return items.map((item) => {
    if (!isNode(item)) return item;
    if (item.kind === 'float') return item.value;
    if (item.kind === 'scalar' && !isNode(item.value)) return item.value;
    if (item.kind === 'tuple' && depth < MAX_DEPTH) return plainItems(item.items, depth + 1);
    // pandas.NA and NaT are missing values of their own kinds.
    if (item.kind === 'object' && isMissing(item.cls.path)) return null;
    if (item.kind === 'global' && isMissing(item.path)) return null;
    const date = item.kind === 'object' ? pythonDate(item) : undefined;
    if (date !== undefined) return date;
    const name = item.kind === 'object' ? item.cls.path : item.kind;
    throw new FormatError('ML_FORMAT_UNSUPPORTED', `a column holds a ${name}, which is no plain value`, {
      details: { class: name },
    });
  });
}

function isMissing(path: string): boolean {
  return path.startsWith('pandas.') && /\.(?:NAType|NaTType|NaT|NA|_nat_unpickle|__nat_unpickle)$/.test(path);
}

function ndColumn(array: NdArray, i: number): unknown[] {
  const all = arrayValues(array, '');
  if (array.ndim < 2) return all;
  const width = array.shape.slice(1).reduce((a, b) => a * b, 1);
  return all.slice(i * width, (i + 1) * width);
}

/** @param suffix what follows times, such as `Z` */
function arrayValues(array: NdArray, suffix: string): unknown[] {
  switch (array.dtype.type) {
    case 'O':
      return plainItems(array.objects);
    case 'U':
    case 'S':
      return array.toStrings();
    case 'b':
      return Array.from(array.toFloat64Array(), (value) => value !== 0);
    case 'i':
    case 'u':
      return Array.from(array.toTypedArray() as ArrayLike<number | bigint>, (value) =>
        typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value,
      );
    case 'f':
      return Array.from(array.toFloat64Array());
    case 'M':
      return isoDates(array, suffix);
    default:
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `a column of type ${array.dtype.name} cannot be read as plain values`,
        { details: { dtype: array.dtype.name } },
      );
  }
}

/** Extension arrays whose values are those of the numpy array inside. */
const THIN: ReadonlySet<string> = new Set([
  'StringArray',
  'NumpyExtensionArray',
  'PandasArray',
  'DatetimeArray',
  'ObjectStringArrayMixin',
]);

/** `StringArray`, `Categorical`, `DatetimeArray` and the masked integer, float and boolean arrays. */
function extensionValues(value: PyValue, i: number): unknown[] {
  if (!(value instanceof PyObject))
    throw new FormatError('ML_FORMAT_UNSUPPORTED', 'a column of a DataFrame is no array');
  const { name, path } = value.cls;
  if (name === 'Categorical') return categorical(value);
  // pandas up to 0.25 kept datetimes with a time zone as an index in the place of the block's values.
  if (name === 'DatetimeIndex') return columnValues(value.attr('data') ?? null, i, undefined) as unknown[];
  const data = arrayIn(value, '_ndarray') ?? arrayIn(value, '_data');
  const mask = arrayIn(value, '_mask');
  if (data !== undefined && (mask !== undefined || THIN.has(name))) {
    const hidden = mask?.toFloat64Array();
    const all = arrayValues(data, hasTimeZone(value) ? 'Z' : '').map((item, at) => (hidden?.[at] === 1 ? null : item));
    const width = data.ndim < 2 ? all.length : data.shape.slice(1).reduce((a, b) => a * b, 1);
    return data.ndim < 2 ? all : all.slice(i * width, (i + 1) * width);
  }
  throw new FormatError('ML_FORMAT_UNSUPPORTED', `a column of ${path} cannot be read`, { details: { class: path } });
}

/** Whether datetimes belong to a time zone: pandas then keeps them in UTC. */
function hasTimeZone(value: PyObject): boolean {
  const dtype = value.attr('_dtype') ?? stateItems(value).find((item) => item instanceof PyObject);
  return dtype instanceof PyObject && dtype.cls.name === 'DatetimeTZDtype';
}

function categorical(value: PyObject): unknown[] {
  const codes = arrayIn(value, '_codes') ?? arrayIn(value, '_ndarray') ?? arrayIn(value, 'codes');
  const dtype = value.attr('_dtype') ?? stateItems(value).find((item) => item instanceof PyObject);
  const categories =
    dtype instanceof PyObject ? (dtype.attr('categories') ?? dtype.args[0]) : value.attr('_categories');
  const data = categories instanceof PyObject ? (categories.attr('data') ?? categories) : categories;
  if (codes === undefined || data === undefined || data === null) {
    throw new FormatError('ML_FORMAT_UNSUPPORTED', 'the layout of pandas.Categorical in this file is not known');
  }
  const names = columnValues(data, 0, undefined);
  return Array.from(codes.toInt32Array(), (code) => (code < 0 ? null : names[code]));
}

/** An array of the state, by attribute or, where the state is a tuple, the first of its kind. */
function arrayIn(value: PyObject, name: string): NdArray | undefined {
  const direct = value.attr(name);
  if (direct instanceof NdArray) return direct;
  if (name === '_mask') return undefined;
  return stateItems(value).find((item): item is NdArray => item instanceof NdArray);
}

function stateItems({ state }: PyObject): readonly PyValue[] {
  return isNode(state) && state.kind === 'tuple' ? state.items : [];
}
