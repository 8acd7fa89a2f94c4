import type { ModelMetadata } from '../spec/metadata.ts';
import type { LoadedModel, ModelWarning } from '../spec/model-loader.ts';
import type { ValueInfo } from '../spec/model.ts';
import type { Rows } from '../spec/rows.ts';
import type { DType, TensorData, TensorLike } from '../spec/tensor.ts';

/** Values of an input that is made up; larger ones are left alone. */
const MAX_VALUES = 1 << 22;

/**
 * How to ask a model once before anybody waits for it: a runtime's first run lays out memory and compiles. `undefined`
 * where there is nothing to ask.
 *
 * With `samples` in the metadata the model predicts their rows, and what fails is told. Without, a graph
 * whose inputs state their types is run with zeros of one row; what fails there says nothing about the model.
 */
export function warmUpOf(
  loaded: LoadedModel,
  metadata: ModelMetadata | undefined,
  warn: (warning: ModelWarning) => void,
): (() => Promise<void>) | undefined {
  const rows = metadata?.samples?.rows ?? [];
  if (rows.length > 0) return () => predictSamples(loaded, rows as Rows, warn);
  const feeds = feedsFor(loaded.info?.inputs ?? []);
  if (feeds === undefined || loaded.run === undefined) return undefined;
  return async () => {
    try {
      await loaded.run?.(feeds, {});
    } catch {
      // Zeros may be no index, no text, no valid shape of this graph.
    }
  };
}

async function predictSamples(loaded: LoadedModel, rows: Rows, warn: (warning: ModelWarning) => void): Promise<void> {
  try {
    await (loaded.predict?.(rows, {}) ?? loaded.transform?.(rows, {}));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    warn({ code: 'warm-up-failed', message: `the samples of the metadata cannot be predicted: ${text}` });
  }
}

/** One row of zeros per input, or `undefined` where the inputs do not say enough. */
function feedsFor(inputs: readonly ValueInfo[]): Readonly<Record<string, TensorLike>> | undefined {
  if (inputs.length === 0) return undefined;
  const feeds: Record<string, TensorLike> = {};
  for (const { name, dtype, shape } of inputs) {
    const data = shape.length === 0 ? undefined : zeros(dtype, size(shape));
    if (dtype === undefined || data === undefined) return undefined;
    feeds[name] = { data, shape: shape.map(extent), dtype };
  }
  return feeds;
}

const extent = (dimension: number | string | null): number => (typeof dimension === 'number' ? dimension : 1);
const size = (shape: ValueInfo['shape']): number => shape.reduce<number>((product, one) => product * extent(one), 1);

const ARRAYS: ReadonlyMap<DType, new (length: number) => TensorData> = new Map<
  DType,
  new (
    length: number,
  ) => TensorData
>([
  ['float64', Float64Array],
  ['float32', Float32Array],
  ['float16', Float32Array],
  ['int64', BigInt64Array],
  ['int32', Int32Array],
  ['int16', Int16Array],
  ['int8', Int8Array],
  ['uint8', Uint8Array],
  ['bool', Uint8Array],
]);

function zeros(dtype: DType | undefined, length: number): TensorData | undefined {
  if (dtype === undefined || length === 0 || length > MAX_VALUES) return undefined;
  if (dtype === 'string') return Array.from({ length }, () => '');
  const Data = ARRAYS.get(dtype);
  return Data && new Data(length);
}
