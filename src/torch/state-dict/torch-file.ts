import type { PickleFile } from '../../formats/pickle/read-pickle.ts';
import type { StorageTable } from './storage.ts';

/** A file of `torch.save`, its pickle read, its tensors' data not. */
export interface TorchFile {
  /** `zip` since PyTorch 1.6, `stream` before. */
  readonly container: 'zip' | 'stream';
  readonly pickle: PickleFile;
  readonly storages: StorageTable;
  readonly bigEndian: boolean;
  /** Entries of the archive that belong to no part of the format. */
  readonly strangers: readonly string[];
  /**
   * Bytes of a storage, from `offset`.
   *
   * @throws `ML_FORMAT_MALFORMED` where they are not what their checksum says
   */
  read(key: string, offset: number, length: number): Promise<Uint8Array>;
}
