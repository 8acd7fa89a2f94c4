import type { DType, TensorLike } from '../../spec/tensor.ts';
import type { Limits } from '../../spec/limits.ts';
import { memorySource } from '../../internal/memory-source.ts';
import { dtypeOf } from '../graph/dtypes.ts';
import { torchContents } from '../state-dict/contents.ts';
import { gather } from '../state-dict/gather.ts';
import { readTensor } from '../state-dict/read-tensor.ts';
import { readTorchFile } from '../state-dict/read-torch-file.ts';
import { elementBytes } from '../state-dict/storage.ts';
import type { ExportArchive } from './export-archive.ts';
import { badExport, unsupportedExport } from './export-problem.ts';
import { type JsonNode, parseJson } from './json-node.ts';
import type { StoredInput } from './read-program.ts';
import { scalarType } from './scalar-types.ts';

/** What reading weights may cost. */
export interface ReadWeightsOptions {
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** Gives a weight by its name in the module. */
type ReadWeight = (name: string) => Promise<TensorLike>;
/** The weights that a file of the archive holds. */
type WeightFile = ReadonlyMap<string, ReadWeight>;

/**
 * The tensors that a program needs, views of the archive where it stores them plainly. Tied weights are one object.
 *
 * @throws `ML_FORMAT_MALFORMED` for a weight that is missing or does not fit its description, and what reading raises
 */
export async function readWeights(
  archive: ExportArchive,
  wanted: ReadonlyMap<string, StoredInput>,
  options: ReadWeightsOptions,
): Promise<ReadonlyMap<string, TensorLike>> {
  await refuseBigEndian(archive);
  const files = archive.layout === 'flat' ? await flatFiles(archive, options) : await folderFiles(archive, options);
  const tensors = new Map<string, TensorLike>();
  for (const [value, { kind, name }] of wanted) {
    const read = files.map((file) => file.get(name)).find((found) => found !== undefined);
    if (read === undefined) throw badExport(`the ${kind} ${JSON.stringify(name)} is missing`);
    tensors.set(value, await read(name));
  }
  return tensors;
}

async function refuseBigEndian({ bigEndian }: ExportArchive): Promise<void> {
  if (bigEndian === undefined) return;
  const order = Buffer.from(await bigEndian.read())
    .toString('latin1')
    .trim();
  if (order !== 'little')
    throw unsupportedExport(`its numbers are ${order}-endian; save it on a little-endian machine`);
}

/** Weights as `torch.save` writes them; until 2.2 the files had the extension of JSON. */
async function flatFiles(archive: ExportArchive, options: ReadWeightsOptions): Promise<readonly WeightFile[]> {
  const files: WeightFile[] = [];
  for (const part of ['state_dict', 'constants']) {
    const entry = archive.file(`serialized_${part}.pt`) ?? archive.file(`serialized_${part}.json`);
    if (entry !== undefined && entry.size > 0) files.push(await pickled(await entry.read(), options));
  }
  return files;
}

async function pickled(bytes: Uint8Array, { limits, signal }: ReadWeightsOptions): Promise<WeightFile> {
  const file = await readTorchFile(memorySource(bytes), { limits, signal });
  const { tensors } = torchContents(file);
  const made = new Map<object, Promise<TensorLike>>();
  return new Map(
    Array.from(tensors, ([key, entry]) => [
      key,
      (name: string): Promise<TensorLike> => {
        const known = made.get(entry);
        if (known !== undefined) return known;
        const read = readTensor(file, [key, entry], { maxBytes: limits.maxModelBytes, signal }).then((tensor) => {
          const dtype = plainType(tensor.dtype, name);
          return { data: elementsOf(tensor.bytes, dtype), shape: tensor.shape, dtype };
        });
        made.set(entry, read);
        return read;
      },
    ]),
  );
}

function plainType(type: string, name: string): DType {
  const dtype = dtypeOf(type);
  if (dtype === undefined)
    throw unsupportedExport(`the tensor ${JSON.stringify(name)} is of ${type}, which is not supported`);
  return dtype;
}

/** One file per weight, described by a table. */
async function folderFiles(archive: ExportArchive, options: ReadWeightsOptions): Promise<readonly WeightFile[]> {
  const files: WeightFile[] = [];
  for (const part of ['weights', 'constants']) {
    const table = archive.file(`data/${part}/${archive.model}_${part}_config.json`);
    const whole = archive.file(`data/${part}/${archive.model}.pt`);
    if (table !== undefined) files.push(await described(archive, part, await table.read(), options));
    // PyTorch 2.7 saved all weights together.
    else if (whole !== undefined) files.push(await pickled(await whole.read(), options));
  }
  return files;
}

async function described(
  archive: ExportArchive,
  part: string,
  bytes: Uint8Array,
  { limits, signal }: ReadWeightsOptions,
): Promise<WeightFile> {
  const entries = parseJson(bytes, `${part} table`).need('config').entries();
  const made = new Map<string, Promise<TensorLike>>();
  return new Map(
    entries.map(([name, meta]) => [
      name,
      (): Promise<TensorLike> => {
        const path = meta.need('path_name').text();
        const key = JSON.stringify([path, meta.get('tensor_meta')?.value]);
        const known = made.get(key);
        if (known !== undefined) return known;
        const read = readDescribed({ archive, part, name, meta, path }, { limits, signal });
        made.set(key, read);
        return read;
      },
    ]),
  );
}

interface Described {
  readonly archive: ExportArchive;
  readonly part: string;
  readonly name: string;
  readonly meta: JsonNode;
  readonly path: string;
}

async function readDescribed(
  { archive, part, name, meta, path }: Described,
  options: ReadWeightsOptions,
): Promise<TensorLike> {
  const entry = archive.file(`data/${part}/${path}`);
  if (entry === undefined)
    throw badExport(`the file data/${part}/${path} of the tensor ${JSON.stringify(name)} is missing`);
  const { limits, signal } = options;
  if (meta.get('use_pickle')?.bool() === true) {
    const [only] = (await pickled(await entry.read(), options)).values();
    if (only === undefined) throw badExport(`data/${part}/${path} holds no tensor`);
    return only(name);
  }
  const tensor = meta.need('tensor_meta');
  const dtype = scalarType(tensor.need('dtype'));
  const shape = tensor.need('sizes').list().map(extent);
  const strides = tensor.need('strides').list().map(extent);
  const offset = tensor.get('storage_offset') === undefined ? 0 : extent(tensor.need('storage_offset'));
  const bytes = await entry.read();
  const width = elementBytes(dtype);
  const count = shape.reduce((product, one) => product * one, 1);
  if (strides.length !== shape.length)
    throw badExport(`the tensor ${JSON.stringify(name)} of ${shape.length} dimensions has ${strides.length} strides`);
  const last = shape.reduce((at, one, i) => at + (one - 1) * (strides[i] as number), offset);
  if (count > 0 && (last + 1) * width > bytes.length) {
    throw badExport(
      `the tensor ${JSON.stringify(name)} of shape [${shape.join(', ')}] and type ${dtype} needs ${(last + 1) * width} bytes, data/${part}/${path} has ${bytes.length}`,
    );
  }
  if (count * width > limits.maxModelBytes)
    throw badExport(`the tensor ${JSON.stringify(name)} is larger than a model may be`);
  const view = { bytes, start: offset * width, shape, strides: strides.map((stride) => stride * width), width };
  return { data: elementsOf(await gather(view, signal), dtype), shape, dtype };
}

/** Bytes as the graph takes a weight: half-precision numbers are told from plain ones by their array. */
function elementsOf(bytes: Uint8Array, dtype: DType): Uint8Array | Uint16Array {
  if (dtype !== 'float16' && dtype !== 'bfloat16') return bytes;
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
}

function extent(node: JsonNode): number {
  const value = typeof node.value === 'number' ? node.int() : node.need('as_int').int();
  return value >= 0 ? value : node.fail('is negative');
}
