import { FormatError } from '../errors/format-error.ts';
import type { MetaGraph, NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import type { ProtoContext } from '../formats/tensorflow-proto/proto-context.ts';
import type { TensorBundle } from '../formats/tensor-bundle/tensor-bundle.ts';
import type { GraphBuilder } from '../onnx/builder/graph-builder.ts';
import type { TensorLike } from '../spec/tensor.ts';
import { Attributes } from './attributes.ts';
import type { HeldValue } from './conversion/graph-payload.ts';
import type { GraphBody } from './graph-body.ts';
import { restoredKeys, type RestoredKey } from './restored-keys.ts';
import { filledTables, type FilledTable, type TableFiles } from './filled-tables.ts';
import { cutSlice } from '../formats/tensor-bundle/join-slices.ts';
import { handleName } from './handle-name.ts';
import { TfTensor } from './tf-tensor.ts';
import type { TfValue } from './tf-value.ts';

/** What a model has besides its graph. */
export interface ResourceParts {
  readonly body: GraphBody;
  readonly metaGraph: MetaGraph;
  readonly context: ProtoContext;
  /** `undefined` where the model has no variables. */
  readonly bundle: TensorBundle | undefined;
  /** Content of the files below `assets/`. */
  readonly assets: TableFiles;
}

const VARIABLE = /^(VarHandleOp|Variable(V2)?)$/;
const TABLE = /^(Mutable)?HashTable(V2)?$/;

/** Whether an operator makes a variable or a table. */
export function isHandle(op: string): boolean {
  return VARIABLE.test(op) || TABLE.test(op);
}

/** The variables and tables of a SavedModel, read when the graph asks for them. */
export class Resources {
  readonly #parts: ResourceParts;
  readonly #keys: ReadonlyMap<string, RestoredKey>;
  readonly #tables: ReadonlyMap<string, FilledTable>;
  readonly #read = new Map<string, TensorLike>();

  constructor(parts: ResourceParts) {
    this.#parts = parts;
    const { body, metaGraph, context } = parts;
    const walk = { body, functions: metaGraph.graph.functions, context };
    this.#keys = restoredKeys(walk, metaGraph.restoreOp);
    this.#tables = filledTables(walk, metaGraph, parts.assets);
  }

  /** What a node without inputs stands for; `undefined` where it is no handle. */
  of(node: NodeDef, g: GraphBuilder): TfValue | undefined {
    const { context } = this.#parts;
    if (/^VarHandleOp$/.test(node.op)) {
      return { kind: 'variable', name: node.name, read: () => TfTensor.constant(this.#variable(node), g) };
    }
    if (/^Variable(V2)?$/.test(node.op)) return TfTensor.constant(this.#variable(node), g);
    if (TABLE.test(node.op)) {
      const name = handleName(node, context);
      return {
        kind: 'table',
        name,
        entries: () => {
          const { keys, values } = this.#table(name);
          return { keys: TfTensor.constant(keys, g), values: TfTensor.constant(values, g) };
        },
      };
    }
    return undefined;
  }

  /** What a node holds, as tensors; `undefined` where it is no handle. */
  held(node: NodeDef): HeldValue | undefined {
    if (VARIABLE.test(node.op)) return { node: node.name, kind: 'variable', tensors: [this.#variable(node)] };
    if (!TABLE.test(node.op)) return undefined;
    const { keys, values } = this.#table(handleName(node, this.#parts.context));
    return { node: node.name, kind: 'table', tensors: [keys, values] };
  }

  #variable(node: NodeDef): TensorLike {
    const { bundle, context } = this.#parts;
    const name = handleName(node, context);
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const restored = this.#keys.get(name) ?? { key: name, slice: undefined };
    if (bundle === undefined || !bundle.has(restored.key)) {
      const have = bundle === undefined ? 'the model has no variables/ folder' : 'the checkpoint does not have it';
      throw new FormatError(
        'ML_FORMAT_MALFORMED',
        `the value of variable ${JSON.stringify(name)} is missing: ${have}; copy the whole folder again`,
        { details: { variable: name, key: restored.key } },
      );
    }
    const whole = bundle.tensor(restored.key);
    const tensor =
      restored.slice === undefined ? whole : cutSlice(whole, restored.slice, `the variable ${JSON.stringify(name)}`);
    this.#check(node, tensor, name);
    this.#read.set(name, tensor);
    return tensor;
  }

  /** The shape that the graph was traced with must be that of the weights. */
  #check(node: NodeDef, { shape, dtype }: TensorLike, name: string): void {
    const attrs = new Attributes(node, this.#parts.context);
    const declared = attrs.shape('shape');
    const fits =
      declared === undefined ||
      (declared.length === shape.length && declared.every((extent, i) => extent < 0 || extent === shape[i]));
    if (fits && (attrs.dtype('dtype') ?? dtype) === dtype) return;
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `variable ${JSON.stringify(name)} is ${dtype} [${shape.join(', ')}] in the checkpoint, but ${attrs.dtype('dtype')} [${declared?.join(', ') ?? '?'}] in the graph: they belong to different models`,
    );
  }

  #table(name: string): FilledTable {
    const table = this.#tables.get(name);
    const keys = table?.keys ?? this.#restored(`${name}-keys`);
    const values = table?.values ?? this.#restored(`${name}-values`);
    if (keys === undefined || values === undefined) {
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `nothing in the file says what table ${JSON.stringify(name)} holds`,
      );
    }
    return { keys, values };
  }

  /** Keys or values of a table that is saved with the variables. */
  #restored(name: string): TensorLike | undefined {
    const { bundle } = this.#parts;
    const key = this.#keys.get(name)?.key ?? name;
    return bundle?.has(key) === true ? bundle.tensor(key) : undefined;
  }
}
