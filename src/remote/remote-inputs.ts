import { isTensor, readRows, type RowReader } from '../data/rows.ts';
import { InputError } from '../errors/input-error.ts';
import { type Datatype, datatypeOf, dtypeOf } from '../protocol/datatype.ts';
import type { NamedTensor, TensorMetadata } from '../protocol/messages.ts';
import { namedTensor } from '../protocol/named-tensor.ts';
import { NO_PARAMETERS } from '../protocol/parameters.ts';
import { readValues } from '../protocol/read-values.ts';
import { type TensorsOfRows, tensorsOfRows } from '../protocol/tensors-of-rows.ts';
import type { ExtraFeatures } from '../spec/model-loader.ts';
import type { Rows } from '../spec/rows.ts';
import type { TensorData } from '../spec/tensor.ts';
import { encoded } from './encoded.ts';

/** What is known of the inputs of a model on a server. */
export interface RemoteInputs {
  readonly inputs: readonly TensorMetadata[];
  readonly featureNames: readonly string[] | undefined;
  readonly extraFeatures: ExtraFeatures;
}

/** Name of the input of a model that describes none; MLServer takes any. */
const ANY_NAME = 'input-0';

/**
 * Rows as the tensors that a server wants: its one input as a matrix `[rows, features]`, or one column for each of its
 * inputs, in the types that it names. Where it says nothing, or rows mix numbers and texts, as the rows are: a matrix,
 * or the columns of a table (content type `pd`).
 *
 * @throws `ML_INPUT_*`
 */
export function remoteInputs(rows: Rows, known: RemoteInputs): TensorsOfRows {
  const { inputs } = known;
  return encoded(() => {
    if (inputs.length > 1) return columns(rows, known);
    const [only] = inputs;
    return only === undefined ? undescribed(rows, known, ANY_NAME) : matrix(rows, only, known);
  });
}

function undescribed(rows: Rows, { featureNames }: RemoteInputs, inputName: string): TensorsOfRows {
  return tensorsOfRows(rows, { inputName, featureNames });
}

function columns(rows: Rows, { inputs, extraFeatures }: RemoteInputs): TensorsOfRows {
  const wide = inputs.find(({ shape }) => shape.length > 2 || (shape[1] ?? 1) > 1);
  if (wide !== undefined) {
    throw new InputError(
      'ML_INPUT_INVALID',
      `the model takes ${inputs.length} tensors, and ${JSON.stringify(wide.name)} is no column: [${wide.shape.join(', ')}]; use run() with tensors by name`,
      { details: { input: wide.name, shape: wide.shape } },
    );
  }
  const names = inputs.map(({ name }) => name);
  const reader = readRows(rows, { width: names.length, names, extraFeatures });
  const tensors = inputs.map(({ name, datatype, shape }, j) => {
    const values = Array.from({ length: reader.count }, (_, i) => reader.cell(i, j) ?? null);
    return typed(values, { name, datatype, shape: shape.length === 1 ? [reader.count] : [reader.count, 1] });
  });
  return { inputs: tensors, contentType: 'pd' };
}

function matrix(rows: Rows, input: TensorMetadata, known: RemoteInputs): TensorsOfRows {
  const { name, datatype, shape } = input;
  if (isTensor(rows)) return { inputs: [asDatatype(namedTensor(name, rows), datatype)], contentType: 'np' };
  const { featureNames, extraFeatures } = known;
  const isNamed = !Array.isArray(rows) || isRecord(rows[0]);
  if (isNamed && featureNames === undefined) return undescribed(rows, known, name);
  const declared = shape.length === 2 && (shape[1] as number) >= 0 ? shape[1] : undefined;
  const width = featureNames?.length ?? declared;
  const reader = readRows(rows, { width, names: featureNames, extraFeatures });
  const extents = shape.length === 1 && reader.width === 1 ? [reader.count] : [reader.count, reader.width];
  const numbers = datatype === 'FP64' || datatype === 'FP32' ? numbersOf(reader, datatype) : undefined;
  if (numbers !== undefined) {
    const dtype = datatype === 'FP64' ? 'float64' : 'float32';
    const tensor = { name, datatype, shape: extents, dtype, data: numbers, parameters: NO_PARAMETERS } as const;
    return { inputs: [tensor], contentType: 'np' };
  }
  const values = flat(reader);
  const texts = values.filter((value) => typeof value === 'string').length;
  const fits = datatype === 'BYTES' ? texts === values.length : texts === 0;
  if (!fits) return undescribed(rows, known, name);
  const tensor = typed(values, { name, datatype, shape: extents });
  return { inputs: [tensor], contentType: datatype === 'BYTES' && reader.width === 1 ? 'str' : 'np' };
}

/** All values at once, where they are numbers and nothing else: the common case, and the quick one. */
function numbersOf(reader: RowReader, datatype: 'FP64' | 'FP32'): TensorData | undefined {
  const { count, width } = reader;
  const data = datatype === 'FP64' ? new Float64Array(count * width) : new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    const row = reader.list?.(i);
    for (let j = 0; j < width; j++) {
      const value = row === undefined ? reader.cell(i, j) : row[j];
      if (typeof value !== 'number') return undefined;
      data[i * width + j] = value;
    }
  }
  return data;
}

function flat(reader: RowReader): unknown[] {
  const { count, width } = reader;
  const values: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const row = reader.list?.(i);
    for (let j = 0; j < width; j++) values.push((row === undefined ? reader.cell(i, j) : row[j]) ?? null);
  }
  return values;
}

/** A tensor in the type that the server names; what does not fit it is refused. */
function asDatatype(tensor: NamedTensor, datatype: Datatype): NamedTensor {
  if (tensor.datatype === datatype) return tensor;
  return typed(tensor.data, { name: tensor.name, datatype, shape: tensor.shape });
}

function typed(
  values: ArrayLike<unknown>,
  { name, datatype, shape }: { readonly name: string; readonly datatype: Datatype; readonly shape: readonly number[] },
): NamedTensor {
  const what = `input ${JSON.stringify(name)}`;
  const dtype = dtypeOf(datatype) ?? 'object';
  const data = readValues(whole(values, datatype), datatype, what);
  const parameters = datatype === 'BYTES' ? { content_type: 'str' } : NO_PARAMETERS;
  return { name, datatype: datatypeOf(dtype) ?? datatype, shape, dtype, data, parameters };
}

/** Integers come as bigints from tensors of 64 bits, and booleans where a server wants numbers. */
function whole(values: ArrayLike<unknown>, datatype: Datatype): ArrayLike<unknown> {
  if (datatype === 'BYTES' || datatype === 'BOOL' || ArrayBuffer.isView(values)) {
    const isLong = values instanceof BigInt64Array || values instanceof BigUint64Array;
    if (!isLong || datatype === 'INT64' || datatype === 'UINT64') return values;
    return Array.from(values, Number);
  }
  return Array.from(values, (value) => {
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'bigint' && datatype !== 'INT64' && datatype !== 'UINT64' ? Number(value) : value;
  });
}

function isRecord(row: unknown): boolean {
  return typeof row === 'object' && row !== null && !Array.isArray(row) && !ArrayBuffer.isView(row);
}
