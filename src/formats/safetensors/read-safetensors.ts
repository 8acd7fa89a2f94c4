import { ELEMENT_BITS } from '../../data/dense-stored-tensor.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { ByteSource } from '../../spec/byte-source.ts';
import type { StoredDType, TensorInfo } from '../../spec/stored-tensor.ts';
import { type HeaderValue, parseHeaderJson } from './header-json.ts';
import { badSafetensors, cutSafetensors } from './safetensors-problem.ts';

/** As the format states it. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;
const METADATA = '__metadata__';
const FIELDS = new Set(['dtype', 'shape', 'data_offsets']);

const DTYPES: ReadonlyMap<string, StoredDType> = new Map<string, StoredDType>([
  ['BOOL', 'bool'],
  ['U8', 'uint8'],
  ['I8', 'int8'],
  ['U16', 'uint16'],
  ['I16', 'int16'],
  ['U32', 'uint32'],
  ['I32', 'int32'],
  ['U64', 'uint64'],
  ['I64', 'int64'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['F32', 'float32'],
  ['F64', 'float64'],
  ['C64', 'complex64'],
  ['F8_E4M3', 'float8_e4m3fn'],
  ['F8_E5M2', 'float8_e5m2'],
  ['F8_E4M3FNUZ', 'float8_e4m3fnuz'],
  ['F8_E5M2FNUZ', 'float8_e5m2fnuz'],
  ['F8_E8M0', 'float8_e8m0fnu'],
  ['F6_E2M3', 'float6_e2m3fn'],
  ['F6_E3M2', 'float6_e3m2fn'],
  ['F4', 'float4_e2m1fn'],
]);

/** A tensor's place in the file. */
export interface SafeTensor extends TensorInfo {
  /** From the start of the file. */
  readonly offset: number;
  readonly length: number;
}

/** The header of a file, every rule of the format checked; the data are not read. */
export interface SafetensorsFile {
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  /** What stands under `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads the header of a safetensors file.
 *
 * @param maxTensors more are refused
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_LIMIT`, `ML_FORMAT_UNSUPPORTED` for a data type
 * that the format may have gained since
 */
export async function readSafetensors(source: ByteSource, maxTensors: number): Promise<SafetensorsFile> {
  const { size } = source;
  if (size < LENGTH_BYTES) throw cutSafetensors(`it has ${size} bytes`);
  const head = await source.read(0, LENGTH_BYTES);
  const length = Number(new DataView(head.buffer, head.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) {
    throw new FormatError(
      'ML_FORMAT_LIMIT',
      `the safetensors file declares a header of ${length} bytes, the format allows ${MAX_HEADER_BYTES}`,
      { details: { limit: 'header bytes', value: MAX_HEADER_BYTES } },
    );
  }
  const start = LENGTH_BYTES + length;
  if (start > size) throw cutSafetensors(`its header has ${length} bytes, ${size - LENGTH_BYTES} are there`);
  const header = parseHeader(await source.read(LENGTH_BYTES, length));
  if (header.size > maxTensors) {
    throw new FormatError(
      'ML_FORMAT_LIMIT',
      `the safetensors file has ${header.size} tensors, the limit is ${maxTensors} (limits.maxElements)`,
      { details: { limit: 'limits.maxElements', value: maxTensors } },
    );
  }
  const tensors = new Map<string, SafeTensor>();
  for (const [name, value] of header) if (name !== METADATA) tensors.set(name, tensorOf(name, value, start));
  checkCoverage(tensors, start, size);
  return { tensors, metadata: metadataOf(header.get(METADATA)) };
}

function parseHeader(bytes: Uint8Array): ReadonlyMap<string, HeaderValue> {
  if (bytes[0] !== 0x7b) throw badSafetensors('its header does not begin with "{"');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw badSafetensors('its header is not UTF-8');
  }
  return parseHeaderJson(text) as ReadonlyMap<string, HeaderValue>;
}

function metadataOf(value: HeaderValue | undefined): ReadonlyMap<string, string> {
  if (value === undefined) return new Map();
  const isMap = value instanceof Map && [...value.values()].every((entry) => typeof entry === 'string');
  if (!isMap) throw badSafetensors(`${METADATA} is no map of text to text`);
  return value as ReadonlyMap<string, string>;
}

function tensorOf(name: string, value: HeaderValue, start: number): SafeTensor {
  const shown = JSON.stringify(name.slice(0, 200));
  if (!(value instanceof Map)) throw badSafetensors(`${shown} is no description of a tensor`);
  const fields: ReadonlyMap<string, HeaderValue> = value;
  for (const field of fields.keys()) {
    if (!FIELDS.has(field))
      throw badSafetensors(`${shown} has the unknown field ${JSON.stringify(field.slice(0, 200))}`);
  }
  const dtype = dtypeOf(fields.get('dtype'), shown);
  const shape = indices(fields.get('shape'));
  const offsets = indices(fields.get('data_offsets'));
  const [begin, end] = offsets ?? [];
  if (shape === undefined) throw badSafetensors(`the shape of ${shown} is no list of sizes`);
  if (begin === undefined || end === undefined || offsets?.length !== 2 || begin > end) {
    throw badSafetensors(`the data_offsets of ${shown} are no range`);
  }
  const bits = shape.reduce((product, extent) => product * extent, ELEMENT_BITS.get(dtype) as number);
  if (bits % 8 !== 0) throw badSafetensors(`${shown} ends within a byte`);
  if (bits / 8 !== end - begin) {
    throw badSafetensors(
      `${shown} of shape [${shape.join(', ')}] and ${dtype} takes ${bits / 8} bytes, its data_offsets give ${end - begin}`,
    );
  }
  return { dtype, shape, offset: start + begin, length: end - begin };
}

function dtypeOf(value: HeaderValue | undefined, shown: string): StoredDType {
  if (typeof value !== 'string') throw badSafetensors(`${shown} has no dtype`);
  const dtype = DTYPES.get(value);
  if (dtype !== undefined) return dtype;
  throw new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `the safetensors file: ${shown} has the dtype ${JSON.stringify(value.slice(0, 40))}; known are ${[...DTYPES.keys()].join(', ')}`,
  );
}

function indices(value: HeaderValue | undefined): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: readonly HeaderValue[] = value;
  const numbers = items.filter((item): item is number => Number.isSafeInteger(item) && (item as number) >= 0);
  return numbers.length === items.length ? numbers : undefined;
}

/** Every byte behind the header belongs to exactly one tensor. */
function checkCoverage(tensors: ReadonlyMap<string, SafeTensor>, start: number, size: number): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.length - b.length);
  let at = start;
  for (const [name, { offset, length }] of inOrder) {
    const shown = JSON.stringify(name.slice(0, 200));
    if (offset !== at) {
      throw badSafetensors(
        offset > at
          ? `${offset - at} bytes before ${shown} belong to no tensor`
          : `${shown} overlaps the tensor before it`,
      );
    }
    at = offset + length;
  }
  if (at > size) throw cutSafetensors(`its tensors take ${at - start} bytes, ${size - start} are there`);
  if (at < size) throw badSafetensors(`${size - at} bytes follow its last tensor`);
}
