import { FormatError, type FormatErrorCode } from '../../errors/format-error.ts';
import { type ElementType, elementType } from './element-type.ts';
import { type ExternalSpan, externalSpan, isExternal } from './external-data.ts';
import type { OnnxTensor } from './onnx-model.ts';
import { dimsText, quoted } from './quoted.ts';

/** The field that holds a tensor's values; `none` for a tensor without elements. */
export type TensorStorage =
  | 'rawData'
  | 'floatData'
  | 'int32Data'
  | 'int64Data'
  | 'doubleData'
  | 'uint64Data'
  | 'stringData'
  | 'external'
  | 'none';

/** How a tensor's values lie, after everything about it was checked. */
export interface TensorLayout {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Elements. */
  readonly count: number;
  /** Bytes that the values take in `raw_data` or another file; 0 for strings. */
  readonly bytes: number;
  readonly storage: TensorStorage;
  readonly external: ExternalSpan | undefined;
}

const TYPED = ['floatData', 'int32Data', 'int64Data', 'doubleData', 'uint64Data', 'stringData'] as const;

/** The typed field of each element type. Types that share a field with wider elements are in `int32Data`. */
const FIELD_OF: ReadonlyMap<string, (typeof TYPED)[number]> = new Map([
  ['float', 'floatData'],
  ['complex64', 'floatData'],
  ['double', 'doubleData'],
  ['complex128', 'doubleData'],
  ['int64', 'int64Data'],
  ['uint64', 'uint64Data'],
  ['uint32', 'uint64Data'],
  ['string', 'stringData'],
]);

/**
 * Checks that a tensor's type exists, its dims are sizes, and its values are stored once, in the
 * right field and number. Nothing is decoded.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_UNSAFE` (external data), `ML_FORMAT_UNSUPPORTED` (segments)
 */
export function tensorLayout(tensor: OnnxTensor): TensorLayout {
  const type = elementType(tensor.dataType);
  if (type === undefined) throw problem(tensor, `has the element type ${tensor.dataType}, which ONNX does not have`);
  if (tensor.segment !== undefined) {
    throw problem(tensor, 'is a segment of a larger one; save the model with whole tensors', 'ML_FORMAT_UNSUPPORTED');
  }
  const { shape, count } = extent(tensor, type);
  const bytes = Math.ceil((count * type.bits) / 8);
  const external = externalOf(tensor);
  const filled = TYPED.filter((field) => tensor[field].length > 0);
  const storages: TensorStorage[] = [
    ...(external === undefined ? [] : (['external'] as const)),
    ...(tensor.rawData === undefined || (tensor.rawData.length === 0 && count === 0) ? [] : (['rawData'] as const)),
    ...filled,
  ];
  const [storage = 'none'] = storages;
  if (storages.length > 1) throw problem(tensor, `has values in ${storages.join(' and ')} at once`);
  const stored = storedCount(tensor, type, { storage, external, bytes });
  const needed = neededCount(type, { storage, count, bytes });
  if (storage !== 'external' && storage !== 'rawData' && storage !== 'none') {
    const field = FIELD_OF.get(type.name) ?? 'int32Data';
    if (storage !== field)
      throw problem(tensor, `of type ${type.name} has its values in ${storage} instead of ${field}`);
  } else if (type.name === 'string' && storage !== 'none') {
    throw problem(tensor, `of type string has its values in ${storage} instead of stringData`);
  }
  if (stored !== needed) {
    const unit = storage === 'external' || storage === 'rawData' ? 'bytes' : 'values';
    throw problem(tensor, `of type ${type.name} and dims ${dimsText(shape)} needs ${needed} ${unit} but has ${stored}`);
  }
  return { type, shape, count, bytes, storage, external };
}

/** Values that `dims` ask for, checked without overflow. */
function extent(tensor: OnnxTensor, type: ElementType): { readonly shape: readonly number[]; readonly count: number } {
  let product = 1n;
  for (const dim of tensor.dims) {
    if (dim < 0n || dim > BigInt(Number.MAX_SAFE_INTEGER))
      throw problem(tensor, `has the dims ${dimsText(tensor.dims)}`);
    product *= dim;
    // A later zero cannot excuse an overflow: engines multiply in this order too.
    if (product * BigInt(Math.max(type.bits, 8)) > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw problem(tensor, `has the dims ${dimsText(tensor.dims)}, more elements than any file holds`);
    }
  }
  return { shape: tensor.dims.map(Number), count: Number(product) };
}

/** Even where the values are not external, what is said of another file must be harmless. */
function externalOf(tensor: OnnxTensor): ExternalSpan | undefined {
  const { dataLocation = 0 } = tensor;
  if (dataLocation !== 0 && dataLocation !== 1) throw problem(tensor, `has the data location ${dataLocation}`);
  const span = isExternal(tensor) || tensor.externalData.length > 0 ? externalSpan(tensor) : undefined;
  return isExternal(tensor) ? span : undefined;
}

interface Stored {
  readonly storage: TensorStorage;
  readonly external: ExternalSpan | undefined;
  readonly bytes: number;
}

function storedCount(tensor: OnnxTensor, type: ElementType, { storage, external, bytes }: Stored): number {
  switch (storage) {
    case 'none':
      return 0;
    case 'external':
      return external?.length ?? bytes;
    case 'rawData':
      return tensor.rawData?.length ?? 0;
    default:
      return tensor[storage].length / (type.name.startsWith('complex') ? 2 : 1);
  }
}

interface Needed {
  readonly storage: TensorStorage;
  readonly count: number;
  readonly bytes: number;
}

/** Elements narrower than a byte share an int32. */
function neededCount(type: ElementType, { storage, count, bytes }: Needed): number {
  if (storage === 'external' || storage === 'rawData') return bytes;
  return type.bits > 0 && type.bits < 8 ? bytes : count;
}

function problem(tensor: OnnxTensor, what: string, code: FormatErrorCode = 'ML_FORMAT_MALFORMED'): FormatError {
  return new FormatError(code, `tensor ${quoted(tensor.name)} ${what}`, { details: { tensor: quoted(tensor.name) } });
}
