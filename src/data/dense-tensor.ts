import type { DType, Tensor, TensorData, TensorLike } from '../spec/tensor.ts';

/** A dense, row-major tensor: the only `Tensor` that the library returns. */
export class DenseTensor implements Tensor {
  readonly data: TensorData;
  readonly shape: readonly number[];
  readonly dtype: DType;

  constructor(data: TensorData, shape: readonly number[], dtype: DType) {
    this.data = data;
    this.shape = shape;
    this.dtype = dtype;
  }

  static from(tensor: TensorLike): DenseTensor {
    return tensor instanceof DenseTensor ? tensor : new DenseTensor(tensor.data, tensor.shape, tensor.dtype);
  }

  row(i: number): TensorData {
    const rows = this.shape[0] ?? 0;
    if (!(Number.isInteger(i) && i >= 0 && i < rows)) throw new RangeError(`row ${i} of a tensor with ${rows} rows`);
    const width = this.data.length / rows;
    const { data } = this;
    return 'subarray' in data ? data.subarray(i * width, (i + 1) * width) : data.slice(i * width, (i + 1) * width);
  }

  toArray(): unknown {
    const { dtype } = this;
    return nest(this, dtype === 'bool' ? (v) => v === 1 || v === true : (v) => v);
  }

  toJSON(): unknown {
    return nest(this, (v) => {
      if (typeof v === 'bigint') return Number.isSafeInteger(Number(v)) ? Number(v) : String(v);
      return this.dtype === 'bool' ? v === 1 || v === true : v;
    });
  }
}

function nest(tensor: TensorLike, convert: (value: unknown) => unknown): unknown {
  const { data, shape } = tensor;
  const build = (dimension: number, start: number, length: number): unknown => {
    if (dimension === shape.length) return convert(data[start]);
    const extent = shape[dimension] as number;
    const step = extent === 0 ? 0 : length / extent;
    return Array.from({ length: extent }, (_, i) => build(dimension + 1, start + i * step, step));
  };
  return build(0, 0, data.length);
}
