import type { DType, TensorLike } from '../../spec/tensor.ts';
import { readAttributes } from './attributes.ts';
import { readChunked, verifyChunked } from './chunked-values.ts';
import { type Dataspace, readDataspace } from './dataspace.ts';
import { type Hdf5Type, readDatatype } from './datatype.ts';
import { decodeElements } from './decode-elements.ts';
import type { Hdf5Context } from './hdf5-context.ts';
import type { Hdf5Dataset, Hdf5Value } from './hdf5-file.ts';
import { inObject, malformed, unsupported } from './hdf5-problem.ts';
import { MESSAGE, type ObjectHeader } from './object-header.ts';
import { allocateFilled, checkUnwritten, readStorage, type StoredValues } from './stored-values.ts';
import { nameOf, type TensorForm, tensorFormOf } from './tensor-form.ts';

/** A dataset as its object header describes it; values are read when asked for. */
export class Dataset implements Hdf5Dataset {
  readonly kind = 'dataset';
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: DType | undefined;
  readonly #context: Hdf5Context;
  readonly #header: ObjectHeader;
  readonly #space: Dataspace;
  readonly #type: Hdf5Type;
  readonly #form: TensorForm | undefined;
  #attributes: ReadonlyMap<string, Hdf5Value> | undefined;

  constructor(context: Hdf5Context, header: ObjectHeader, path: string) {
    const space = context.find(header, MESSAGE.DATASPACE);
    const type = context.find(header, MESSAGE.DATATYPE);
    if (space === undefined || type === undefined) {
      throw malformed('a dataset has no dataspace or no datatype', context.file.offsetOf(header.address));
    }
    this.path = path;
    this.#context = context;
    this.#header = header;
    this.#space = readDataspace(space);
    this.#type = readDatatype(type);
    this.#form = tensorFormOf(this.#type);
    const extents = this.#space.kind === 'null' ? [0] : this.#space.shape;
    this.shape = [...extents, ...(this.#form?.inner ?? [])];
    this.dtype = this.#form?.dtype;
  }

  get attributes(): ReadonlyMap<string, Hdf5Value> {
    this.#attributes ??= inObject(this.path, () => readAttributes(this.#context, this.#header));
    return this.#attributes;
  }

  read(): TensorLike {
    return inObject(this.path, () => {
      const form = this.#form;
      if (form === undefined) throw unsupported(`a dataset of ${nameOf(this.#type)} has no tensor form`);
      const data = decodeElements(this.#context, form, readBytes(this.#storage()));
      return { data, shape: this.shape, dtype: form.dtype };
    });
  }

  /** Reads what `read` would, and keeps nothing. Values without a tensor form are looked at as far as bytes go. */
  verify(): void {
    inObject(this.path, () => {
      const storage = this.#storage();
      const form = this.#form;
      const isText = form?.dtype === 'string' || form?.dtype === 'object';
      if (isText) decodeElements(this.#context, form, readBytes(storage));
      else if (storage.layout.kind === 'chunked') verifyChunked({ ...storage, layout: storage.layout });
      else readBytes(storage);
    });
  }

  #storage(): StoredValues {
    return readStorage(this.#context, this.#header, { space: this.#space, elementSize: this.#type.size });
  }
}

/** The bytes of all elements, row-major: a view where they are stored in one piece. */
function readBytes(values: StoredValues): Uint8Array {
  const { context, header, space, elementSize, layout } = values;
  const bytes = space.count * elementSize;
  switch (layout.kind) {
    case 'chunked':
      return readChunked({ ...values, layout });
    case 'compact':
      if (layout.bytes.length < bytes) throw malformed(`${bytes} bytes are stored in ${layout.bytes.length}`);
      return layout.bytes.subarray(0, bytes);
    case 'contiguous': {
      const { address, size } = layout;
      if (address === undefined || bytes === 0) {
        checkUnwritten(values, space.count);
        context.ledger.charge(header.address, 0, bytes);
        return allocateFilled(values, bytes);
      }
      if (size !== undefined && size < bytes) throw malformed(`${bytes} bytes are stored in ${size}`);
      const stored = context.file.slice(address, bytes, 'the values');
      context.ledger.charge(header.address, bytes, bytes);
      return stored;
    }
    case 'virtual':
      throw malformed('a virtual dataset has no bytes of its own');
    default:
      return layout satisfies never;
  }
}
