import { looksLikeHdf5 } from '../../formats/hdf5/looks-like-hdf5.ts';
import { looksLikeZip } from '../../formats/zip/looks-like-zip.ts';
import { zipNames } from '../../formats/zip/zip-names.ts';
import type { Content } from '../../spec/artefact.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';

/** Keras's own files: HDF5 of any version, and the `.keras` archive. */
export const descriptor: LoaderDescriptor = {
  name: 'keras',
  formats: ['h5', 'keras', 'hdf5'],
  dependencies: ['onnxruntime-node'],
  capabilities: { threadSafe: true, reportsByteSize: true, nativeEngine: true },
  specVersion: 'v1',
  detect,
};

function detect({ kind, bytes }: Content): boolean {
  if (kind !== 'file') return false;
  // An archive comes first: the HDF5 file inside it can begin where a user block of HDF5 would end.
  return looksLikeZip(bytes) ? isKeras(zipNames(bytes)) : looksLikeHdf5(bytes);
}

function isKeras(names: readonly string[]): boolean {
  return names.includes('config.json') && (names.includes('model.weights.h5') || names.includes('metadata.json'));
}
