import { looksLikeZip } from '../../formats/zip/looks-like-zip.ts';
import { zipNames } from '../../formats/zip/zip-names.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';

/** What `torch.jit.save` writes: a program and its tensors in a zip archive. */
export const descriptor: LoaderDescriptor = {
  name: 'torchscript',
  formats: ['pt', 'ts', 'ptl', 'torchscript'],
  dependencies: ['onnxruntime-node'],
  capabilities: { threadSafe: true, reportsByteSize: true, abortable: true, nativeEngine: true },
  specVersion: 'v1',
  detect: ({ kind, bytes }) => kind === 'file' && looksLikeZip(bytes) && isScriptArchive(zipNames(bytes)),
};

function isScriptArchive(names: Iterable<string>): boolean {
  let code = false;
  let constants = false;
  for (const name of names) {
    code ||= /^(?:[^/]+\/)?code\/.*\.py$/.test(name);
    constants ||= /^(?:[^/]+\/)?constants\.pkl$/.test(name);
  }
  return code && constants;
}
