import { FormatError } from '../errors/format-error.ts';
import type { TensorLike } from '../spec/tensor.ts';
import type { Attributes } from './attributes.ts';
import type { FilledTable } from './filled-tables.ts';

/** `TextFileIndex`: the whole line, the number of the line; others are columns. */
const WHOLE_LINE = -2;
const LINE_NUMBER = -1;

/**
 * A table from a text file, one entry per line.
 *
 * @param initializer attributes of InitializeTableFromTextFileV2
 * @param table attributes of the table's handle, for its types
 */
export function tableOfText(initializer: Attributes, table: Attributes, file: Uint8Array): FilledTable {
  const all = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString('utf8').split('\n');
  const read = all.at(-1) === '' ? all.slice(0, -1) : all;
  const lines = read.slice(initializer.int('offset'));
  const size = initializer.int('vocab_size', -1);
  if (size > lines.length) {
    throw new FormatError('ML_FORMAT_MALFORMED', `a table needs ${size} lines of a file that has ${lines.length}`);
  }
  const used = size < 0 ? lines : lines.slice(0, size);
  const delimiter = initializer.text('delimiter', '\t');
  const column = (index: number): readonly string[] =>
    used.map((line, i) => {
      if (index === WHOLE_LINE) return line;
      if (index === LINE_NUMBER) return String(i);
      const field = line.split(delimiter)[index];
      if (field === undefined) throw new FormatError('ML_FORMAT_MALFORMED', `a line of a table has no column ${index}`);
      return field;
    });
  return {
    keys: typed(column(initializer.int('key_index', WHOLE_LINE)), table.dtype('key_dtype') ?? 'string'),
    values: typed(column(initializer.int('value_index', LINE_NUMBER)), table.dtype('value_dtype') ?? 'int64'),
  };
}

function typed(texts: readonly string[], dtype: TensorLike['dtype']): TensorLike {
  const shape = [texts.length];
  if (dtype === 'string') return { data: texts, shape, dtype };
  if (dtype === 'int64' && texts.every((text) => /^-?\d{1,18}$/.test(text))) {
    return { data: BigInt64Array.from(texts, BigInt), shape, dtype };
  }
  if (dtype === 'float32') return { data: Float32Array.from(texts, Number), shape, dtype };
  throw new FormatError('ML_FORMAT_UNSUPPORTED', `a table of ${dtype} values is filled from a text file`);
}
