import { FormatError } from '../errors/format-error.ts';
import { dataType } from '../formats/tensorflow-proto/data-type.ts';
import type { NodeDef, TfAttr, TfAttrList, TfShape } from '../formats/tensorflow-proto/graph-def.ts';
import type { ProtoContext } from '../formats/tensorflow-proto/proto-context.ts';
import { readAttr } from '../formats/tensorflow-proto/read-attr.ts';
import { readTensor } from '../formats/tensorflow-proto/read-tensor.ts';
import type { DType, TensorLike } from '../spec/tensor.ts';

/** The attributes of one node, decoded when asked for. Absent ones have TensorFlow's defaults, given by the caller. */
export class Attributes {
  readonly #node: NodeDef;
  readonly #context: ProtoContext;

  constructor(node: NodeDef, context: ProtoContext) {
    this.#node = node;
    this.#context = context;
  }

  has(name: string): boolean {
    return this.#node.attrs.has(name);
  }

  int(name: string, fallback = 0): number {
    const attr = this.#get(name, 'int');
    return attr === undefined ? fallback : Number(attr.int);
  }

  float(name: string, fallback: number): number {
    return this.#get(name, 'float')?.float ?? fallback;
  }

  bool(name: string, fallback = false): boolean {
    return this.#get(name, 'bool')?.bool ?? fallback;
  }

  text(name: string, fallback = ''): string {
    const attr = this.#get(name, 'text');
    if (attr === undefined) return fallback;
    return Buffer.from(attr.text.buffer, attr.text.byteOffset, attr.text.byteLength).toString('utf8');
  }

  ints(name: string): readonly number[] {
    return this.#list(name).ints.map(Number);
  }

  floats(name: string): readonly number[] {
    return this.#list(name).floats;
  }

  texts(name: string): readonly string[] {
    return this.#list(name).texts.map((text) => Buffer.from(text).toString('utf8'));
  }

  types(name: string): readonly number[] {
    return this.#list(name).types;
  }

  shapes(name: string): readonly TfShape[] {
    return this.#list(name).shapes;
  }

  functionName(name: string): string {
    const attr = this.#get(name, 'function');
    if (attr === undefined) throw this.#bad(`has no function ${name}`);
    return attr.name;
  }

  shape(name: string): TfShape {
    return this.#get(name, 'shape')?.shape;
  }

  /** An element type; `undefined` where there is none or the library has no such tensors (handles, say). */
  dtype(name: string): DType | undefined {
    const attr = this.#get(name, 'type');
    return attr === undefined ? undefined : dataType(attr.type).dtype;
  }

  tensor(name: string): TensorLike {
    const attr = this.#get(name, 'tensor');
    if (attr === undefined) throw this.#bad(`has no tensor ${name}`);
    return readTensor(attr.tensor, this.#context, `the constant ${JSON.stringify(this.#node.name)}`);
  }

  #list(name: string): TfAttrList {
    return this.#get(name, 'list')?.list ?? EMPTY;
  }

  #get<K extends TfAttr['kind']>(name: string, kind: K): Extract<TfAttr, { kind: K }> | undefined {
    const body = this.#node.attrs.get(name);
    if (body === undefined) return undefined;
    const attr = readAttr(body, this.#context);
    if (attr.kind === kind) return attr as Extract<TfAttr, { kind: K }>;
    throw this.#bad(`has an attribute ${name} of kind ${attr.kind} instead of ${kind}`);
  }

  #bad(problem: string): FormatError {
    const { op, name } = this.#node;
    return new FormatError('ML_FORMAT_MALFORMED', `node ${JSON.stringify(name)} (${op}) ${problem}`, {
      details: { node: name, operator: op },
    });
  }
}

const EMPTY: TfAttrList = { texts: [], ints: [], floats: [], bools: [], types: [], shapes: [], functions: [] };
