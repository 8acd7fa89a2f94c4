import { looksLikeTensorflow } from '../../formats/tensorflow-proto/looks-like-tensorflow.ts';
import type { Content } from '../../spec/artefact.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';

/** SavedModel directories and frozen graphs of TensorFlow: written as ONNX, computed by onnxruntime. */
export const descriptor: LoaderDescriptor = {
  name: 'tensorflow',
  formats: ['pb'],
  dependencies: ['onnxruntime-node'],
  capabilities: { threadSafe: true, reportsByteSize: true, nativeEngine: true },
  specVersion: 'v1',
  detect,
};

function detect({ kind, bytes, entries }: Content): boolean {
  if (kind === 'directory') return entries.includes('saved_model.pb') || entries.includes('saved_model.pbtxt');
  return looksLikeTensorflow(bytes) !== undefined;
}
