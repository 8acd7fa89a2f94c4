import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';
import { looksLikeOnnx } from '../../formats/onnx-proto/looks-like-onnx.ts';

/** What is known of the ONNX loader before its code, the protobuf reader or the runtime is imported. */
export const descriptor: LoaderDescriptor = {
  name: 'onnx',
  formats: ['onnx'],
  dependencies: ['onnxruntime-node'],
  capabilities: { threadSafe: true, reportsByteSize: true, nativeEngine: true },
  specVersion: 'v1',
  detect: (content) => content.kind === 'file' && looksLikeOnnx(content.bytes),
};
