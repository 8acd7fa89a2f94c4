import { DenseTensor } from '../data/dense-tensor.ts';
import { AbortedError } from '../errors/aborted-error.ts';
import { InputError } from '../errors/input-error.ts';
import type { CallOptions } from '../spec/model.ts';
import type { Rows } from '../spec/rows.ts';
import type { TensorData } from '../spec/tensor.ts';
import { blockWriter } from './block-writer.ts';
import type { GraphValue } from './graph-value.ts';
import type { BoundRows, OrtFeeds, RowBinding } from './row-binding.ts';
import { concatRows } from './matrix.ts';

/**
 * One inference: the outputs asked for, in that order, or a typed error. With `rows`, outputs that
 * do not have one entry per row are refused: they would be given to the wrong rows.
 */
export type Infer = (feeds: OrtFeeds, outputs: readonly string[], rows?: number) => Promise<DenseTensor[]>;

/**
 * Runs rows through a graph: binds them, splits them where the graph takes only so many at once,
 * and never calls the engine without rows (some operators end the process then).
 */
export class RowRunner {
  readonly #binding: RowBinding;
  readonly #infer: Infer;
  readonly #outputs: ReadonlyMap<string, GraphValue>;

  constructor(binding: RowBinding, infer: Infer, outputs: ReadonlyMap<string, GraphValue>) {
    this.#binding = binding;
    this.#infer = infer;
    this.#outputs = outputs;
  }

  /** One output for all rows. */
  async one(rows: Rows, output: string, options: CallOptions): Promise<DenseTensor> {
    const [tensor] = await this.several(rows, [output], options);
    return tensor as DenseTensor;
  }

  /** Several outputs for all rows, in the order asked for. */
  several(rows: Rows, outputs: readonly string[], options: CallOptions): Promise<DenseTensor[]> {
    const bound = this.#binding.bind(rows);
    const { count } = bound;
    if (count === 0) return Promise.resolve(outputs.map((name) => this.#empty(name)));
    const size = this.#binding.batchSize ?? count;
    return size === count
      ? this.#infer(bound.feeds(0, count), outputs, count)
      : this.#inBatches(bound, size, outputs, options);
  }

  async #inBatches(
    bound: BoundRows,
    size: number,
    outputs: readonly string[],
    { signal }: CallOptions,
  ): Promise<DenseTensor[]> {
    if (bound.count % size !== 0) {
      throw new InputError(
        'ML_INPUT_SHAPE',
        `the model takes exactly ${size} rows at a time, got ${bound.count}; pass a multiple, or export it with a free first dimension`,
        { details: { batchSize: size, rows: bound.count } },
      );
    }
    const parts: DenseTensor[][] = [];
    for (let start = 0; start < bound.count; start += size) {
      if (signal?.aborted === true) throw new AbortedError('ML_ABORTED', 'the prediction was aborted');
      parts.push(await this.#infer(bound.feeds(start, size), outputs, size));
    }
    return outputs.map((_, i) => concatRows(parts.map((part) => part[i] as DenseTensor)));
  }

  /** What an output looks like for no rows, as far as the graph tells. */
  #empty(name: string): DenseTensor {
    const output = this.#outputs.get(name);
    const known = output?.dtype ?? 'float32';
    const data: TensorData =
      blockWriter(known)?.({ reader: NO_ROWS, start: 0, count: 0, columns: [], label: String }) ?? [];
    const rest = (output?.shape ?? [0, 0]).slice(1).map((extent) => (typeof extent === 'number' ? extent : 0));
    return new DenseTensor(data, [0, ...rest], known);
  }
}

const NO_ROWS = { count: 0, width: 0, cell: (): undefined => undefined };
