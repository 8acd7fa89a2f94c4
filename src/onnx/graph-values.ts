import { elementType } from '../formats/onnx-proto/element-type.ts';
import type { OnnxModel, OnnxShape, OnnxType, OnnxValueInfo } from '../formats/onnx-proto/onnx-model.ts';
import { decodeTensor } from '../formats/onnx-proto/tensor-data.ts';
import type { DType, TensorLike } from '../spec/tensor.ts';

/** A value that enters or leaves the graph. */
export interface GraphEdge {
  readonly name: string;
  readonly kind: 'tensor' | 'sparse-tensor' | 'sequence' | 'map' | 'optional' | 'unknown';
  /** Element type of a tensor; `undefined` where the file does not say or JavaScript has none. */
  readonly dtype: DType | undefined;
  /** For messages, e.g. `sequence(map(int64, float))`. */
  readonly typeText: string;
  /** Extents of a tensor; a name or `null` where any is allowed, `undefined` where the rank is unknown. */
  readonly shape: readonly (number | string | null)[] | undefined;
  /** The default of an input that may be left out. */
  readonly fallback?: TensorLike;
}

/** From this version of the format on, an initializer that is also an input is that input's default. */
const DEFAULTS_SINCE_IR_VERSION = 4;

/**
 * The inputs that a caller feeds. Before version 4 of the format every initializer had to be
 * listed as an input; these are weights and left out.
 *
 * @throws `ML_FORMAT_*` for a default that cannot be decoded
 */
export function graphInputs(model: OnnxModel): readonly GraphEdge[] {
  const { graph, irVersion } = model;
  const weights = new Map(graph?.initializers.map((tensor) => [tensor.name ?? '', tensor]));
  const edges: GraphEdge[] = [];
  for (const info of graph?.inputs ?? []) {
    const tensor = weights.get(info.name);
    if (tensor === undefined) {
      edges.push(toEdge(info));
    } else if ((irVersion ?? 0) >= DEFAULTS_SINCE_IR_VERSION && tensor.dataLocation !== EXTERNAL) {
      edges.push({ ...toEdge(info), fallback: decodeTensor(tensor) });
    }
  }
  return edges;
}

/** `TensorProto.DataLocation.EXTERNAL`: weights, however they are listed. */
const EXTERNAL = 1;

/** Everything that the graph gives, in its order. */
export function graphOutputs(model: OnnxModel): readonly GraphEdge[] {
  return (model.graph?.outputs ?? []).map(toEdge);
}

function toEdge({ name, type }: OnnxValueInfo): GraphEdge {
  const value = type?.value;
  const typeText = describeType(type);
  if (value?.kind === 'tensor') {
    const dtype = elementType(value.elemType)?.dtype;
    return { name, kind: 'tensor', dtype, typeText, shape: extents(value.shape) };
  }
  const kind = value === undefined || value.kind === 'opaque' ? 'unknown' : value.kind;
  return { name, kind, dtype: undefined, typeText, shape: undefined };
}

/** An empty name and a negative number say as little as no extent at all. */
function extents(shape: OnnxShape | undefined): GraphEdge['shape'] {
  return shape?.dims.map(({ value, param }) => {
    if (value !== undefined) return value >= 0n && value <= Number.MAX_SAFE_INTEGER ? Number(value) : null;
    return param === undefined || param === '' ? null : param;
  });
}

function describeType(type: OnnxType | undefined): string {
  const value = type?.value;
  switch (value?.kind) {
    case 'tensor':
      return elementName(value.elemType);
    case 'sparse-tensor':
      return `sparse(${elementName(value.elemType)})`;
    case 'sequence':
    case 'optional':
      return `${value.kind}(${describeType(value.elem)})`;
    case 'map':
      return `map(${elementName(value.keyType)}, ${describeType(value.valueType)})`;
    case 'opaque':
      return 'a custom type';
    default:
      return 'of no stated type';
  }
}

function elementName(dataType: number): string {
  return elementType(dataType)?.name ?? `element type ${dataType}`;
}
