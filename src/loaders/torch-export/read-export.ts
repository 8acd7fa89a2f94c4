import { readZip } from '../../formats/zip/read-zip.ts';
import type { ScanContext } from '../../spec/model-loader.ts';
import { type ExportArchive, openExport } from '../../torch/export/export-archive.ts';
import { parseJson } from '../../torch/export/json-node.ts';
import { type ExportedProgram, readProgram } from '../../torch/export/read-program.ts';

/** An archive and its program; weights are not read. */
export interface ReadExport {
  readonly archive: ExportArchive;
  readonly program: ExportedProgram;
}

/**
 * Reads the program of an archive.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_UNSAFE`, `ML_FORMAT_LIMIT`
 */
export async function readExport({ artefact, limits }: ScanContext): Promise<ReadExport> {
  const archive = openExport(readZip(artefact.bytes, limits));
  const document = parseJson(await archive.program.read(), archive.program.name);
  return { archive, program: readProgram(document, limits) };
}
