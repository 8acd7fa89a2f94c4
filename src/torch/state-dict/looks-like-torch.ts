/** The number that files of the stream format begin with, as a pickle of its own (protocol 2, LONG1, ten bytes). */
const MAGIC = [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

/** Whether the bytes begin as the stream format of PyTorch does. */
export function looksLikeTorchStream(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Whether the bytes are a tar archive, as PyTorch wrote before 0.1.10. */
export function looksLikeTar(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar';
}

/** Whether an archive's names are those of `torch.save`, not of TorchScript, `torch.export` or `torch.package`. */
export function isStateArchive(names: Iterable<string>): boolean {
  let hasPickle = false;
  for (const name of names) {
    if (/^(?:[^/]+\/)?data\.pkl$/.test(name)) hasPickle = true;
    if (/^(?:[^/]+\/)?(?:code\/|constants\.pkl$|archive_format$|models\/)/.test(name)) return false;
  }
  return hasPickle;
}
