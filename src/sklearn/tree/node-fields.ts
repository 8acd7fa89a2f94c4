import { FormatError } from '../../errors/format-error.ts';
import type { NdArray } from '../../formats/npy/nd-array.ts';
import type { DTypeField } from '../../formats/npy/numpy-dtype.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/**
 * The columns of a structured array of tree nodes, by field name: layouts differ between versions in order,
 * size and alignment of the fields, and the names do not.
 */
export class NodeFields {
  readonly count: number;
  readonly #nodes: NdArray;
  readonly #owner: EstimatorState;

  constructor(owner: EstimatorState, nodes: NdArray) {
    if (nodes.dtype.fields === undefined || nodes.ndim !== 1) {
      throw owner.unsupported(`a tree whose nodes are of type ${nodes.dtype.name}`);
    }
    this.#owner = owner;
    this.#nodes = nodes;
    this.count = nodes.size;
  }

  has(name: string): boolean {
    return this.#nodes.dtype.fields?.has(name) ?? false;
  }

  /** A column of integers that fit 32 bits: children, features, counts. */
  ints(name: string): Int32Array {
    const field = this.#field(name);
    if (field.dtype.name === 'i8' && field.dtype.littleEndian) return this.#int64(name, field);
    const out = new Int32Array(this.count);
    const values = this.doubles(name);
    for (let i = 0; i < out.length; i++) {
      out[i] = values[i] as number;
      if (out[i] !== values[i]) throw this.#outOfRange(name, i);
    }
    return out;
  }

  doubles(name: string): Float64Array {
    const field = this.#field(name);
    if (field.dtype.name !== 'f8' || !field.dtype.littleEndian) return this.#nodes.field(name).toFloat64Array();
    const out = new Float64Array(this.count);
    const view = this.#view();
    const { itemSize } = this.#nodes.dtype;
    for (let i = 0, at = field.offset; i < out.length; i++, at += itemSize) out[i] = view.getFloat64(at, true);
    return out;
  }

  /** 1 where a number is other than 0. */
  flags(name: string): Uint8Array {
    const field = this.#field(name);
    const out = new Uint8Array(this.count);
    if (field.dtype.itemSize !== 1) {
      out.set(this.doubles(name).map((value) => (value === 0 ? 0 : 1)));
      return out;
    }
    const { bytes, dtype } = this.#nodes;
    for (let i = 0, at = field.offset; i < out.length; i++, at += dtype.itemSize) out[i] = bytes[at] === 0 ? 0 : 1;
    return out;
  }

  /** Reads the low half and checks that the high half is its sign. */
  #int64(name: string, field: DTypeField): Int32Array {
    const out = new Int32Array(this.count);
    const view = this.#view();
    const { itemSize } = this.#nodes.dtype;
    for (let i = 0, at = field.offset; i < out.length; i++, at += itemSize) {
      const low = view.getInt32(at, true);
      if (view.getInt32(at + 4, true) !== low >> 31) throw this.#outOfRange(name, i);
      out[i] = low;
    }
    return out;
  }

  #view(): DataView {
    const { bytes } = this.#nodes;
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #field(name: string): DTypeField {
    const field = this.#nodes.dtype.fields?.get(name);
    if (field === undefined) throw this.#owner.unsupported(`a tree whose nodes have no field "${name}"`);
    return field;
  }

  #outOfRange(name: string, node: number): FormatError {
    return new FormatError(
      'ML_FORMAT_MALFORMED',
      `${this.#owner.describe()}: "${name}" of node ${node} is out of range`,
    );
  }
}
