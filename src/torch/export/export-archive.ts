import type { ZipArchive, ZipEntry } from '../../formats/zip/read-zip.ts';
import { badExport, unsupportedExport } from './export-problem.ts';
import { isExportArchive, PROGRAM } from './looks-like-export.ts';

/** The files of an archive, whichever layout it has. */
export interface ExportArchive {
  /** `flat`: PyTorch before 2.8, weights as `torch.save` writes them. `folders`: since 2.8, one file per weight. */
  readonly layout: 'flat' | 'folders';
  readonly program: ZipEntry;
  /** Name of the model in the archive. */
  readonly model: string;
  readonly bigEndian: ZipEntry | undefined;
  /** A file by its path below the archive's root folder. */
  file(path: string): ZipEntry | undefined;
}

const MODEL = /^(?:([^/]+)\/)?models\/([^/]+)\.json$/;

/**
 * Finds the program of an archive.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for archives without one (compiled code only) or with several
 */
export function openExport({ entries }: ZipArchive): ExportArchive {
  const flat = entries.get(PROGRAM);
  if (flat !== undefined) {
    return { layout: 'flat', program: flat, model: 'model', bigEndian: undefined, file: (path) => entries.get(path) };
  }
  const models = [...entries.values()].flatMap((entry) => {
    const [, root, model] = MODEL.exec(entry.name) ?? [];
    return model === undefined ? [] : [{ entry, model, prefix: root === undefined ? '' : `${root}/` }];
  });
  const chosen = models.length === 1 ? models[0] : models.find(({ model }) => model === 'model');
  if (chosen === undefined) {
    if (models.length > 0) {
      const names = models.map(({ model }) => model).join(', ');
      throw unsupportedExport(`it holds the models ${names}; save each in a file of its own`, { models: names });
    }
    if (isExportArchive(entries.keys())) {
      throw unsupportedExport('it holds compiled code (AOTInductor) and no program; save it with torch.export.save');
    }
    throw badExport('it has no program');
  }
  const { entry, model, prefix } = chosen;
  return {
    layout: 'folders',
    program: entry,
    model,
    bigEndian: entries.get(`${prefix}byteorder`),
    file: (path) => entries.get(`${prefix}${path}`),
  };
}
