import { describe, isTensor } from '../data/rows.ts';
import type { OrtModule, OrtTensor } from '../engines/onnxruntime-api.ts';
import { InputError } from '../errors/input-error.ts';
import type { Rows } from '../spec/rows.ts';
import type { DType, TensorLike } from '../spec/tensor.ts';
import { blockWriter } from './block-writer.ts';
import { engineData, isEngineDType } from './engine-tensors.ts';
import { engineDType, fits, type GraphValue, shapeText } from './graph-value.ts';
import { flattenRows } from './nested-rows.ts';
import type { RowBinding } from './row-binding.ts';

/** The values of one input for all rows of a call. */
interface BoundInput {
  readonly input: GraphValue;
  /** Row-major, in the engine's array type. */
  readonly data: OrtTensor['data'];
  readonly shape: readonly number[];
  /** Elements per row. */
  readonly step: number;
}

/**
 * A binding for graphs whose inputs are no table (images, sequences, several tensors): the first
 * dimension of every input is the rows. A single input takes a tensor or one nested array (or
 * typed array, or tensor) per row; several take an object of such by input name, or records.
 *
 * `undefined` where an input has no dimensions, or an element type that rows cannot be written as.
 */
export function compileTensorBinding(inputs: readonly GraphValue[], ort: OrtModule): RowBinding | undefined {
  const usable = inputs.every(({ dtype, shape }) => isEngineDType(dtype) && shape?.length !== 0);
  const sizes = new Set(inputs.map(({ shape }) => shape?.[0]).filter((extent) => typeof extent === 'number'));
  if (inputs.length === 0 || !usable || sizes.size > 1 || sizes.has(0)) return undefined;
  const [batchSize] = sizes;
  return {
    width: undefined,
    featureNames: undefined,
    batchSize,
    bind(rows) {
      const bound = bindInputs(inputs, rows);
      const count = bound[0]?.shape[0] ?? 0;
      const uneven = bound.find(({ shape }) => shape[0] !== count);
      if (uneven !== undefined) {
        throw new InputError(
          'ML_INPUT_SHAPE',
          `input ${JSON.stringify(uneven.input.name)} has ${uneven.shape[0]} rows, ${JSON.stringify(bound[0]?.input.name)} has ${count}`,
          { details: { input: uneven.input.name } },
        );
      }
      return {
        count,
        feeds: (start, wanted) =>
          Object.fromEntries(bound.map((one) => [one.input.name, slice(ort, one, start, wanted)])),
      };
    },
  };
}

function slice(ort: OrtModule, { input, data, shape, step }: BoundInput, start: number, count: number): OrtTensor {
  const all = data as { subarray?: (from: number, to: number) => unknown; slice(from: number, to: number): unknown };
  const [from, to] = [start * step, (start + count) * step];
  const whole = start === 0 && count === shape[0];
  const part = whole ? data : (all.subarray?.(from, to) ?? all.slice(from, to));
  return new ort.Tensor(engineDType(input.dtype as DType), part, [count, ...shape.slice(1)]);
}

function bindInputs(inputs: readonly GraphValue[], rows: Rows): readonly BoundInput[] {
  const [only] = inputs;
  if (only !== undefined && inputs.length === 1 && !isNamed(rows, only)) return [bindOne(only, rows)];
  return inputs.map((input) => bindOne(input, valuesFor(input, inputs, rows)));
}

/** Whether rows are keyed by an input's name: an object of all rows by input, or one record per row. */
export function isNamed(rows: unknown, { name }: GraphValue): boolean {
  const keyed: unknown = Array.isArray(rows) ? rows[0] : rows;
  return isRecord(keyed) && Object.hasOwn(keyed, name);
}

function valuesFor(input: GraphValue, inputs: readonly GraphValue[], rows: unknown): unknown {
  const names = inputs.map(({ name }) => JSON.stringify(name)).join(', ');
  const pick = (record: unknown, what: string): unknown => {
    if (isRecord(record) && Object.hasOwn(record, input.name)) return record[input.name];
    throw new InputError(
      'ML_INPUT_FEATURE_NAMES',
      `${what} has no ${JSON.stringify(input.name)}; the model's inputs are ${names}`,
      { details: { inputs: inputs.map(({ name }) => name) } },
    );
  };
  if (Array.isArray(rows)) return rows.map((row, i) => pick(row, `row ${i}`));
  if (isRecord(rows)) return pick(rows, 'the object of inputs');
  throw new InputError(
    'ML_INPUT_INVALID',
    `the model has the inputs ${names}: pass an object of tensors or arrays by input name, or one record per row; got ${describe(rows)}`,
    { details: { inputs: inputs.map(({ name }) => name) } },
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !isTensor(value)
  );
}

function bindOne(input: GraphValue, values: unknown): BoundInput {
  const tensor = isTensor(values) ? values : flattenRows(values, input);
  // A single value per row may be written without its array.
  const bare = input.shape?.at(-1) === 1 && tensor.shape.length === input.shape.length - 1;
  const shape = bare ? [...tensor.shape, 1] : tensor.shape;
  // A fixed first dimension is how many rows go in at once, not how many a call may have.
  const declared = input.shape === undefined ? undefined : [null, ...input.shape.slice(1)];
  if (!fits(shape, declared)) {
    throw new InputError(
      'ML_INPUT_SHAPE',
      `input ${JSON.stringify(input.name)} must have shape ${shapeText(declared)}, got [${shape.join(', ')}]`,
      { details: { input: input.name, got: shape, expected: input.shape } },
    );
  }
  const step = shape.slice(1).reduce((product, extent) => product * extent, 1);
  if (step * (shape[0] ?? 0) !== tensor.data.length) {
    throw new InputError(
      'ML_INPUT_SHAPE',
      `input ${JSON.stringify(input.name)} of shape [${shape.join(', ')}] has ${tensor.data.length} values`,
      { details: { input: input.name, shape } },
    );
  }
  return { input, data: valuesOf(tensor, input), shape, step };
}

/** The values in the array type of the input: the same memory where the types agree, else converted one by one. */
function valuesOf(tensor: TensorLike, { name, dtype }: GraphValue): OrtTensor['data'] {
  const type = engineDType(dtype as DType);
  if (engineDType(tensor.dtype) === type) return engineData(tensor, name);
  const { data } = tensor;
  const reader = { count: data.length, width: 1, cell: (row: number): unknown => data[row] };
  const label = (): string => `input ${JSON.stringify(name)}`;
  return blockWriter(type)?.({ reader, start: 0, count: data.length, columns: [0], label });
}
