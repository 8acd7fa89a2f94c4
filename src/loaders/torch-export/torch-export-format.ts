import { looksLikeZip } from '../../formats/zip/looks-like-zip.ts';
import { zipNames } from '../../formats/zip/zip-names.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';
import { isExportArchive } from '../../torch/export/looks-like-export.ts';

/** What is known of the loader of `torch.export` archives before its code or the runtime is imported. */
export const descriptor: LoaderDescriptor = {
  name: 'torch-export',
  formats: ['pt2'],
  dependencies: ['onnxruntime-node'],
  capabilities: { threadSafe: true, reportsByteSize: true, nativeEngine: true },
  specVersion: 'v1',
  detect: ({ kind, bytes }) => kind === 'file' && looksLikeZip(bytes) && isExportArchive(zipNames(bytes)),
};
