import { FormatError } from '../../errors/format-error.ts';
import type { NdArray } from '../../formats/npy/nd-array.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

type Reader = (view: DataView, offset: number) => number;

/**
 * The columns of a structured array of tree nodes, by field name: layouts differ between versions in order,
 * size and alignment of the fields, and the names do not.
 */
export class NodeFields {
  readonly count: number;
  readonly #nodes: NdArray;
  readonly #view: DataView;
  readonly #owner: EstimatorState;

  constructor(owner: EstimatorState, nodes: NdArray) {
    if (nodes.dtype.fields === undefined || nodes.ndim !== 1) {
      throw owner.unsupported(`a tree whose nodes are of type ${nodes.dtype.name}`);
    }
    this.#owner = owner;
    this.#nodes = nodes;
    this.count = nodes.size;
    const { bytes } = nodes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  has(name: string): boolean {
    return this.#nodes.dtype.fields?.has(name) ?? false;
  }

  /** A column of integers that fit 32 bits: children, features, counts. */
  ints(name: string): Int32Array {
    const out = new Int32Array(this.count);
    this.#each(name, (value, i) => {
      out[i] = value;
      if (out[i] !== value) {
        throw new FormatError('ML_FORMAT_MALFORMED', `${this.#owner.describe()}: "${name}" of node ${i} is ${value}`);
      }
    });
    return out;
  }

  doubles(name: string): Float64Array {
    const out = new Float64Array(this.count);
    this.#each(name, (value, i) => {
      out[i] = value;
    });
    return out;
  }

  flags(name: string): Uint8Array {
    const out = new Uint8Array(this.count);
    this.#each(name, (value, i) => {
      out[i] = value === 0 ? 0 : 1;
    });
    return out;
  }

  #each(name: string, use: (value: number, i: number) => void): void {
    const field = this.#nodes.dtype.fields?.get(name);
    const read = field === undefined ? undefined : readerOf(field.dtype);
    if (field === undefined || read === undefined) {
      throw this.#owner.unsupported(`a tree whose nodes have no numeric field "${name}"`);
    }
    const { itemSize } = this.#nodes.dtype;
    for (let i = 0, at = field.offset; i < this.count; i++, at += itemSize) use(read(this.#view, at), i);
  }
}

function readerOf(dtype: NdArray['dtype']): Reader | undefined {
  const little = dtype.littleEndian;
  switch (`${dtype.type}${dtype.itemSize}`) {
    case 'i8':
      // Two halves, exact within 2^53, and several times as fast as a bigint.
      return little
        ? (view, at) => view.getInt32(at + 4, true) * 4_294_967_296 + view.getUint32(at, true)
        : (view, at) => view.getInt32(at, false) * 4_294_967_296 + view.getUint32(at + 4, false);
    case 'i4':
      return (view, at) => view.getInt32(at, little);
    case 'u4':
      return (view, at) => view.getUint32(at, little);
    case 'u1':
    case 'b1':
      return (view, at) => view.getUint8(at);
    case 'f8':
      return (view, at) => view.getFloat64(at, little);
    case 'f4':
      return (view, at) => view.getFloat32(at, little);
    default:
      return undefined;
  }
}
