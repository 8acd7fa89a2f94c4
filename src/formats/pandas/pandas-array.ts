import { FormatError } from '../../errors/format-error.ts';
import { NdArray } from '../npy/nd-array.ts';
import { isNode, PyObject, type PyValue } from '../pickle/nodes.ts';

/**
 * One column of a block: of a matrix its row `i`, of a one-dimensional or extension array all of it.
 *
 * @param length values that the column must have; `undefined` where it is not known
 */
export function columnValues(values: PyValue, i: number, length: number | undefined): readonly unknown[] {
  const column = values instanceof NdArray ? ndColumn(values, i) : extensionValues(values);
  if (length === undefined || column.length === length) return column;
  throw new FormatError('ML_FORMAT_MALFORMED', `a column has ${column.length} values, its index ${length}`);
}

/** Plain values of Python scalars; anything else is refused. */
export function plainItems(items: readonly PyValue[]): unknown[] {
  return items.map((item) => {
    if (!isNode(item)) return item;
    if (item.kind === 'float') return item.value;
    if (item.kind === 'scalar' && !isNode(item.value)) return item.value;
    if (item.kind === 'tuple') return plainItems(item.items);
    // pandas.NA and NaT are missing values of their own kinds.
    if (item.kind === 'object' && /\.(?:NAType|NaTType|NaT|NA)$/.test(item.cls.path)) return null;
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `a column holds a ${item.kind === 'object' ? item.cls.path : item.kind}, which is no plain value`,
    );
  });
}

function ndColumn(array: NdArray, i: number): unknown[] {
  const all = arrayValues(array);
  if (array.ndim < 2) return all;
  const width = array.shape.slice(1).reduce((a, b) => a * b, 1);
  return all.slice(i * width, (i + 1) * width);
}

function arrayValues(array: NdArray): unknown[] {
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
    default:
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `a column of type ${array.dtype.name} cannot be read as plain values`,
      );
  }
}

/** `StringArray`, `Categorical` and the masked integer, float and boolean arrays. */
function extensionValues(value: PyValue): unknown[] {
  if (value instanceof PyObject) {
    const name = value.cls.name;
    if (name === 'Categorical') return categorical(value);
    const data = arrayIn(value, '_ndarray') ?? arrayIn(value, '_data');
    const mask = arrayIn(value, '_mask');
    if (
      data !== undefined &&
      (mask !== undefined || name === 'StringArray' || name === 'NumpyExtensionArray' || name === 'PandasArray')
    ) {
      const hidden = mask?.toFloat64Array();
      return arrayValues(data).map((item, i) => (hidden?.[i] === 1 ? null : item));
    }
    throw new FormatError('ML_FORMAT_UNSUPPORTED', `a column of ${value.cls.path} cannot be read`, {
      details: { class: value.cls.path },
    });
  }
  throw new FormatError('ML_FORMAT_UNSUPPORTED', 'a column of a DataFrame is no array');
}

function categorical(value: PyObject): unknown[] {
  const codes = arrayIn(value, '_codes') ?? arrayIn(value, '_ndarray') ?? arrayIn(value, 'codes');
  const dtype = value.attr('_dtype');
  const categories = dtype instanceof PyObject ? (dtype.attr('categories') ?? dtype.args[0]) : undefined;
  const data = categories instanceof PyObject ? categories.attr('data') : categories;
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
  const { state } = value;
  if (!isNode(state) || state.kind !== 'tuple' || name === '_mask') return undefined;
  return state.items.find((item): item is NdArray => item instanceof NdArray);
}
