import { FormatError } from '../../errors/format-error.ts';
import { readPickleSliced } from '../../formats/pickle/read-pickle.ts';
import { openZip } from '../../formats/zip/open-zip.ts';
import type { ZipArchive, ZipEntry } from '../../formats/zip/read-zip.ts';
import type { ByteSource } from '../../spec/byte-source.ts';
import { pickleOptions, type TorchReadOptions } from './read-options.ts';
import { type Storage, StorageTable } from './storage.ts';
import type { TorchFile } from './torch-file.ts';
import { badTorch } from './torch-problem.ts';

/** What stands beside the pickle and the storages. */
const KNOWN_ENTRIES = new Set([
  'data.pkl',
  'version',
  'byteorder',
  '.format_version',
  '.storage_alignment',
  '.data/serialization_id',
]);
/** Entries of a few bytes of text. */
const MAX_TEXT = 1024;
/** A part of a storage that is smaller than this share of it is read alone, without the storage's checksum. */
const SHARE_READ_ALONE = 4;

/** The zip format of `torch.save`, since PyTorch 1.6: one folder with `data.pkl` and `data/<key>`. */
export async function readArchive(source: ByteSource, options: TorchReadOptions): Promise<TorchFile> {
  const archive = await openZip(source, options.limits);
  const root = rootOf(archive);
  const entry = (name: string): ZipEntry | undefined => archive.entries.get(`${root}${name}`);
  const storages = new StorageTable((storage) => checkEntry(storage, entry(`data/${storage.key}`)));
  const pickled = await (entry('data.pkl') as ZipEntry).read();
  const pickle = await readPickleSliced(pickled, { ...pickleOptions(options), persistentLoad: storages.load });
  const checked = new Set<string>();
  return {
    container: 'zip',
    pickle,
    storages,
    bigEndian: await isBigEndian(entry('byteorder')),
    strangers: [...archive.entries.keys()].filter((name) => !isKnown(name, root)),
    async read(key, offset, length) {
      const found = entry(`data/${key}`) as ZipEntry;
      const isPart = checked.has(key) || length * SHARE_READ_ALONE < found.size;
      if (found.method === 'stored' && isPart) return source.read(found.dataOffset + offset, length);
      const whole = await found.read();
      checked.add(key);
      return whole.subarray(offset, offset + length);
    },
  };
}

/** The folder around `data.pkl`; there must be exactly one. */
function rootOf({ entries }: ZipArchive): string {
  const roots = [...entries.keys()].filter((name) => /^(?:[^/]+\/)?data\.pkl$/.test(name));
  const [only] = roots;
  if (only === undefined || roots.length > 1) {
    throw badTorch(`the archive has ${roots.length === 0 ? 'no' : 'more than one'} data.pkl`);
  }
  return only.slice(0, -'data.pkl'.length);
}

function isKnown(name: string, root: string): boolean {
  if (!name.startsWith(root)) return false;
  const rest = name.slice(root.length);
  return (
    KNOWN_ENTRIES.has(rest) || /^data\/[^/]*$/.test(rest) || (rest.endsWith('/') && rest.length <= '.data/'.length)
  );
}

function checkEntry({ key, bytes }: Storage, entry: ZipEntry | undefined): void {
  const name = JSON.stringify(key.slice(0, 200));
  if (entry === undefined) throw badTorch(`the storage ${name} is not in the archive`);
  if (entry.size !== bytes)
    throw badTorch(`the storage ${name} has ${bytes} bytes by the pickle, ${entry.size} in the archive`);
}

async function isBigEndian(entry: ZipEntry | undefined): Promise<boolean> {
  if (entry === undefined) return false;
  const order = entry.size > MAX_TEXT ? '' : Buffer.from(await entry.read()).toString('latin1');
  if (order === 'little' || order === 'big') return order === 'big';
  throw new FormatError('ML_FORMAT_MALFORMED', `the PyTorch file states the byte order ${JSON.stringify(order)}`);
}
