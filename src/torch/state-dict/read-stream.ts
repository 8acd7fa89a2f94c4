import { FormatError } from '../../errors/format-error.ts';
import { elementsOf } from '../../formats/pickle/arguments.ts';
import type { PickleOptions } from '../../formats/pickle/pickle-options.ts';
import { type PickleFile, readPickleSliced } from '../../formats/pickle/read-pickle.ts';
import { PyDict } from '../../formats/pickle/py-dict.ts';
import type { ByteSource } from '../../spec/byte-source.ts';
import { pickleOptions, type TorchReadOptions } from './read-options.ts';
import { elementBytes, StorageTable } from './storage.ts';
import type { TorchFile } from './torch-file.ts';
import { badTorch, cutTorch, unsupportedTorch } from './torch-problem.ts';

const PROTOCOL = 1001;
/** Bytes read at first, and how many times more each time the pickles turn out to be longer. */
const FIRST_BYTES = 1 << 20;
const GROWTH = 8;

interface Pickles {
  readonly pickle: PickleFile;
  readonly storages: StorageTable;
  readonly keys: readonly string[];
  readonly end: number;
}

/**
 * The stream format of before PyTorch 1.6 (and of `_use_new_zipfile_serialization=False`): five pickles in a row
 * (magic number, protocol, machine, the object, the keys of its storages), then each storage as its element count
 * and its elements, always little-endian.
 */
export async function readStream(source: ByteSource, options: TorchReadOptions): Promise<TorchFile> {
  const { pickle, storages, keys, end } = await readPickles(source, options);
  const places = new Map<string, number>();
  let at = end;
  for (const key of keys) {
    const storage = storages.get(key);
    const shown = JSON.stringify(key.slice(0, 200));
    if (storage === undefined || places.has(key)) throw badTorch(`the storage ${shown} is listed, and not used once`);
    if (at + 8 > source.size) throw cutTorch(`the storage ${shown} is missing`);
    const head = await source.read(at, 8);
    const count = new DataView(head.buffer, head.byteOffset, 8).getBigInt64(0, true);
    if (count * BigInt(elementBytes(storage.dtype)) !== BigInt(storage.bytes)) {
      throw badTorch(`the storage ${shown} has ${count} elements in the file, ${storage.bytes} bytes by the pickle`);
    }
    places.set(key, at + 8);
    at += 8 + storage.bytes;
    if (at > source.size)
      throw cutTorch(`the storage ${shown} has ${storage.bytes} bytes, ${at - source.size} are missing`);
  }
  for (const { key } of storages.all)
    if (!places.has(key)) throw badTorch(`the storage ${JSON.stringify(key)} is not listed`);
  if (at !== source.size) throw badTorch(`${source.size - at} bytes follow its last storage`);
  return {
    container: 'stream',
    pickle,
    storages,
    bigEndian: false,
    strangers: [],
    read: (key, offset, length) => source.read((places.get(key) as number) + offset, length),
  };
}

/** Reads the pickles from a beginning of the file that is made longer until it holds them. */
async function readPickles(source: ByteSource, options: TorchReadOptions): Promise<Pickles> {
  for (let length = FIRST_BYTES; ; length *= GROWTH) {
    const isWhole = length >= source.size;
    const findings: FormatError[] = [];
    try {
      const bytes = await source.read(0, Math.min(length, source.size));
      const collecting = {
        ...options,
        ...(options.onUnsafe && { onUnsafe: (error: FormatError) => findings.push(error) }),
      };
      return await parsePickles(bytes, pickleOptions(collecting));
    } catch (error) {
      const isShort = error instanceof FormatError && error.code === 'ML_FORMAT_TRUNCATED' && !isWhole;
      if (!isShort) throw error;
      findings.length = 0;
    } finally {
      // What a beginning tells, the longer one tells again.
      for (const finding of findings) options.onUnsafe?.(finding);
    }
  }
}

async function parsePickles(bytes: Uint8Array, base: PickleOptions): Promise<Pickles> {
  let start = 0;
  const next = async (more: PickleOptions = {}): Promise<PickleFile> => {
    const file = await readPickleSliced(bytes, { ...base, ...more, start, trailing: 'allow' });
    start = file.end;
    if (more.persistentLoad === undefined && file.globals.length > 0)
      throw badTorch('what stands around its object names classes');
    return file;
  };
  await next();
  const { root: protocol } = await next();
  if (protocol !== PROTOCOL)
    throw unsupportedTorch(
      `the PyTorch file has protocol ${typeof protocol === 'number' ? protocol : 'of no number'}; ${PROTOCOL} is known`,
    );
  const { root: machine } = await next();
  if (!(machine instanceof PyDict)) throw badTorch('it does not describe the machine that wrote it');
  const storages = new StorageTable();
  const pickle = await next({ persistentLoad: storages.load });
  const { root } = await next();
  const keys = (elementsOf(root) ?? []).filter((key): key is string => typeof key === 'string');
  if (elementsOf(root)?.length !== keys.length) throw badTorch('the keys of its storages are no list of text');
  return { pickle, storages, keys, end: start };
}
