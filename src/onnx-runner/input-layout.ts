import type { DType } from '../spec/tensor.ts';
import { type BlockWriter, blockWriter } from './block-writer.ts';
import { engineDType, type GraphValue } from './graph-value.ts';

/** One graph input and the values of a row that go into it. */
export interface InputSlot {
  readonly name: string;
  /** As the engine takes it. */
  readonly dtype: DType;
  /** Whether the tensor is `[rows]` rather than `[rows, columns]`. */
  readonly flat: boolean;
  /** Positions in a row; `undefined`: the whole row, however long. */
  readonly columns: readonly number[] | undefined;
  readonly write: BlockWriter;
}

/** How a table is spread over the inputs of a graph. */
export interface InputLayout {
  readonly slots: readonly InputSlot[];
  /** Values per row; `undefined` where the graph takes any number. */
  readonly width: number | undefined;
  readonly featureNames: readonly string[] | undefined;
  /** The number of rows that the graph takes at once, where it takes only that many. */
  readonly batchSize: number | undefined;
}

/**
 * Reads the inputs of a graph as the columns of a table: one `[rows, features]` input, or several
 * `[rows, n]` and `[rows]` inputs whose columns follow each other. `undefined` where they are
 * something else: images, sequences, scalars, different batch sizes.
 *
 * `features` are the names of the metadata. They are left out where their number is another than
 * the graph's. Where the inputs are single columns of the same names, they are matched by name,
 * so that a row follows the metadata's order; otherwise a row follows the inputs' order.
 */
export function layOutInputs(
  inputs: readonly GraphValue[],
  features: readonly string[] | undefined,
): InputLayout | undefined {
  const widths = inputs.map((input) => columnsOf(input, inputs.length === 1));
  const batchSize = commonBatchSize(inputs);
  if (inputs.length === 0 || batchSize === null || widths.includes(null)) return undefined;

  const total = widths.includes(undefined) ? undefined : widths.reduce<number>((sum, width) => sum + (width ?? 0), 0);
  const named = features !== undefined && (total === undefined || features.length === total) ? features : undefined;
  const singles = widths.every((width) => width === 1);
  const names = inputs.map((input) => input.name);
  const featureNames = named ?? (singles ? names : undefined);
  const byName = singles && featureNames !== undefined && names.every((name) => featureNames.includes(name));

  const slots: InputSlot[] = [];
  let next = 0;
  for (const [i, input] of inputs.entries()) {
    const dtype = engineDType(input.dtype as DType);
    const width = widths[i] ?? named?.length;
    const first = byName ? featureNames.indexOf(input.name) : next;
    next += width ?? 0;
    slots.push({
      name: input.name,
      dtype,
      flat: input.shape?.length === 1,
      columns: width === undefined ? undefined : Array.from({ length: width }, (_, column) => first + column),
      write: blockWriter(dtype) as BlockWriter,
    });
  }
  return { slots, width: total ?? named?.length, featureNames, batchSize };
}

/** Columns of one input; `undefined` for any number, `null` for an input that is no table. */
function columnsOf(input: GraphValue, alone: boolean): number | undefined | null {
  if (input.dtype === undefined || blockWriter(engineDType(input.dtype)) === undefined) return null;
  if (input.shape === undefined) return alone ? undefined : null;
  const [rows, columns] = input.shape;
  // A fixed length says that the one dimension is not the rows.
  if (input.shape.length === 1) return typeof rows === 'number' ? null : 1;
  if (input.shape.length !== 2) return null;
  if (typeof columns === 'number') return columns;
  return alone ? undefined : null;
}

/** The fixed first dimension of the inputs; `undefined` where it is free, `null` where they disagree. */
function commonBatchSize(inputs: readonly GraphValue[]): number | undefined | null {
  const sizes = new Set(inputs.map((input) => input.shape?.[0]).filter((extent) => typeof extent === 'number'));
  if (sizes.size > 1 || sizes.has(0)) return null;
  const [size] = sizes;
  return size;
}
