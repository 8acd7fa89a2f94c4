import { dataTypeOf, encodeTensor, littleEndianBytes } from '../../formats/onnx-proto/encode-tensor.ts';
import { makeTensor } from '../../formats/onnx-proto/build.ts';
import { edited, type OnnxTensor } from '../../formats/onnx-proto/onnx-model.ts';
import type { TensorLike } from '../../spec/tensor.ts';

/** Memory that weights refer to, as the engine is handed it: a location and its bytes. */
export interface ExternalBuffer {
  readonly path: string;
  readonly data: Uint8Array;
}

/** Below this many bytes a constant is stored in the graph itself, where the engine's shape inference sees it. */
const INLINE_BYTES = 1024;
/** `TensorProto.DataLocation.EXTERNAL`. */
const EXTERNAL = 1;

/** The constants of a graph: small ones stored once each, large ones left where they are. */
export class WeightStore {
  readonly tensors: OnnxTensor[] = [];
  readonly #name: (wish: string) => string;
  readonly #small = new Map<string, string>();
  readonly #large = new Map<ArrayBufferLike, { readonly path: string; readonly at: Map<string, string> }>();

  constructor(name: (wish: string) => string) {
    this.#name = name;
  }

  /** Every block of memory that a constant refers to. */
  get buffers(): readonly ExternalBuffer[] {
    return Array.from(this.#large, ([buffer, { path }]) => ({ path, data: new Uint8Array(buffer) }));
  }

  /** Stores a tensor, gives its name. */
  add(tensor: TensorLike, wish: string): string {
    if (tensor.dtype === 'string') return this.#store(encodeTensor(this.#name(wish), tensor));
    const bytes = littleEndianBytes(tensor);
    return bytes.byteLength < INLINE_BYTES ? this.#addSmall(tensor, bytes, wish) : this.#addLarge(tensor, bytes, wish);
  }

  #addSmall({ dtype, shape }: TensorLike, bytes: Uint8Array, wish: string): string {
    const key = `${dtype} ${shape.join()} ${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')}`;
    const known = this.#small.get(key);
    if (known !== undefined) return known;
    // A copy: a view would keep the whole file that it is a part of.
    const name = this.#store(makeTensor(this.#name(wish), dataTypeOf(dtype), shape, bytes.slice()));
    this.#small.set(key, name);
    return name;
  }

  #addLarge({ dtype, shape }: TensorLike, given: Uint8Array, wish: string): string {
    // The engine refuses shared memory.
    const bytes = given.buffer instanceof SharedArrayBuffer ? given.slice() : given;
    let block = this.#large.get(bytes.buffer);
    if (block === undefined) {
      block = { path: `weights_${this.#large.size}`, at: new Map() };
      this.#large.set(bytes.buffer, block);
    }
    const key = `${dtype} ${shape.join()} ${bytes.byteOffset}`;
    const known = block.at.get(key);
    if (known !== undefined) return known;
    const name = this.#name(wish);
    const entries = { location: block.path, offset: bytes.byteOffset, length: bytes.byteLength };
    const externalData = Object.entries(entries).map(([entry, value]) => ({
      source: undefined,
      unknown: [],
      key: entry,
      value: String(value),
    }));
    const tensor = makeTensor(name, dataTypeOf(dtype), shape, []);
    block.at.set(key, this.#store(edited(tensor, { dataLocation: EXTERNAL, externalData })));
    return name;
  }

  #store(tensor: OnnxTensor): string {
    this.tensors.push(tensor);
    return tensor.name as string;
  }
}
