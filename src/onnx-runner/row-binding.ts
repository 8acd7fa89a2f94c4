import { isTensor, readRows, type RowReader } from '../data/rows.ts';
import type { OrtModule, OrtTensor } from '../engines/onnxruntime-api.ts';
import type { ExtraFeatures } from '../spec/model-loader.ts';
import type { Rows } from '../spec/rows.ts';
import type { TensorLike } from '../spec/tensor.ts';
import { engineDType, type GraphValue } from './graph-value.ts';
import { type InputSlot, layOutInputs } from './input-layout.ts';
import { engineData } from './engine-tensors.ts';

export type OrtFeeds = Readonly<Record<string, OrtTensor>>;

/** Rows of one call, ready to be fed. */
export interface BoundRows {
  readonly count: number;
  /** Feeds for `count` rows from `start` on; raises `ML_INPUT_DTYPE` and `ML_INPUT_MISSING_VALUE`. */
  feeds(start: number, count: number): OrtFeeds;
}

/** How rows become the inputs of one graph, worked out once at load. */
export interface RowBinding {
  /** Values per row; `undefined` where the graph takes any number. */
  readonly width: number | undefined;
  /** In the order of a row's values; `undefined` where nobody names them. */
  readonly featureNames: readonly string[] | undefined;
  /** The number of rows that the graph takes at once, where it takes only that many. */
  readonly batchSize: number | undefined;
  /** Matches rows to the inputs; raises the errors of `readRows`. */
  bind(rows: Rows): BoundRows;
}

/** What a binding needs beside the graph's inputs. */
export interface RowBindingContext {
  readonly ort: OrtModule;
  /** From the metadata, in training order. */
  readonly features: readonly string[] | undefined;
  readonly extraFeatures: ExtraFeatures;
  /** Called at most once per call of `bind`, with the keys that are no feature. */
  readonly onExtra: (names: readonly string[]) => void;
}

/** A binding for graphs that take a table; `undefined` for any other graph: it is fed by `run`. */
export function compileRowBinding(inputs: readonly GraphValue[], context: RowBindingContext): RowBinding | undefined {
  const layout = layOutInputs(inputs, context.features);
  if (layout === undefined) return undefined;
  const { slots, width, featureNames, batchSize } = layout;
  const { ort, extraFeatures, onExtra } = context;
  const label = (column: number): string =>
    featureNames === undefined ? `value ${column}` : `feature ${JSON.stringify(featureNames[column])}`;

  const read = (rows: Rows): RowReader => {
    if (extraFeatures !== 'warn') return readRows(rows, { width, names: featureNames, extraFeatures });
    const extra = new Set<string>();
    const collect = (names: readonly string[]): void => {
      for (const name of names) extra.add(name);
    };
    const reader = readRows(rows, { width, names: featureNames, extraFeatures, onExtra: collect });
    if (extra.size > 0) onExtra([...extra]);
    return reader;
  };

  const feed = (slot: InputSlot, reader: RowReader, start: number, count: number): OrtTensor => {
    const columns = slot.columns ?? Array.from({ length: reader.width }, (_, column) => column);
    const data = slot.write({ reader, start, count, columns, label });
    return new ort.Tensor(slot.dtype, data, slot.flat ? [count] : [count, columns.length]);
  };

  return {
    width,
    featureNames,
    batchSize,
    bind(rows) {
      const reader = read(rows);
      const [only] = slots;
      const tensor = slots.length === 1 && only !== undefined ? tensorFor(rows, only) : undefined;
      return {
        count: reader.count,
        feeds(start, count) {
          const feeds: Record<string, OrtTensor> = {};
          if (only !== undefined && tensor !== undefined && count === reader.count) {
            const shape = only.flat ? [count] : [count, reader.width];
            feeds[only.name] = new ort.Tensor(only.dtype, engineData(tensor, only.name), shape);
          } else {
            for (const slot of slots) feeds[slot.name] = feed(slot, reader, start, count);
          }
          return feeds;
        },
      };
    },
  };
}

/** Rows that are a tensor of the input's own type need no copy. */
function tensorFor(rows: Rows, slot: InputSlot): TensorLike | undefined {
  return isTensor(rows) && engineDType(rows.dtype) === slot.dtype ? rows : undefined;
}
