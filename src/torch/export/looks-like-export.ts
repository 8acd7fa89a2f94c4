/** The program of an archive of PyTorch before 2.8. */
export const PROGRAM = 'serialized_exported_program.json';

/** Whether an archive's names are those of `torch.export`, to tell it from other zip files. */
export function isExportArchive(names: Iterable<string>): boolean {
  for (const name of names) {
    if (name === PROGRAM || /^(?:[^/]+\/)?(?:models\/[^/]+\.json$|data\/aotinductor\/)/.test(name)) return true;
  }
  return false;
}
