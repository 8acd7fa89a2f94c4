import type { ByteSource } from '../../spec/byte-source.ts';
import { looksLikeZip } from '../../formats/zip/looks-like-zip.ts';
import { looksLikeTar, looksLikeTorchStream } from './looks-like-torch.ts';
import { readArchive } from './read-archive.ts';
import type { TorchReadOptions } from './read-options.ts';
import { readStream } from './read-stream.ts';
import type { TorchFile } from './torch-file.ts';
import { badTorch, cutTorch, unsupportedTorch } from './torch-problem.ts';

const HEAD_BYTES = 512;

/**
 * Reads what `torch.save` wrote, without the data of its tensors.
 *
 * @throws FormatError `ML_FORMAT_UNSAFE` where Python would run code, `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`,
 * `ML_FORMAT_LIMIT`, `ML_FORMAT_UNSUPPORTED`
 */
export async function readTorchFile(source: ByteSource, options: TorchReadOptions): Promise<TorchFile> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.size));
  if (looksLikeZip(head)) return readArchive(source, options);
  if (looksLikeTorchStream(head)) return readStream(source, options);
  if (looksLikeTar(head)) {
    throw unsupportedTorch(
      'the file is a tar archive of PyTorch before 0.1.10; load it with an old version and save it again with torch.save',
    );
  }
  if (source.size < HEAD_BYTES) throw cutTorch(`it has ${source.size} bytes and no known beginning`);
  throw badTorch('it begins neither as a zip archive nor as the older stream format');
}
